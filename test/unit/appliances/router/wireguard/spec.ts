import type { WireGuardSpec } from '@sysvm/router/wireguard/spec'

/** A key that is nobody's: 32 equal bytes. */
export const key = (byte: number): string => Buffer.alloc(32, byte).toString('base64')

export const peer = (user: string, number: number) => ({
  user,
  address: `10.9.0.${number}`,
  publicKey: key(number),
  presharedKey: key(100 + number),
})

/** At the base spec's router, for its one network. */
export const wireguard = (change: Partial<WireGuardSpec> = {}): WireGuardSpec => ({
  address: '198.51.100.5',
  port: 51_820,
  privateKey: key(200),
  pool: { first: '10.9.0.1', last: '10.9.0.9' },
  subnets: ['10.1.1.0/24'],
  dns: ['10.1.1.1'],
  peers: [peer('ann', 1), peer('ben', 2)],
  ...change,
})
