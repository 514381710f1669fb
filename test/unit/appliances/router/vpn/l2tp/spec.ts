import type { L2tp } from '@sysvm/router/vpn/l2tp/spec'

/** At the base spec's router, for its one network. */
export const l2tp = (change: Partial<L2tp> = {}): L2tp => ({
  address: '198.51.100.5',
  pool: { first: '10.9.1.1', last: '10.9.1.9' },
  subnets: ['10.1.1.0/24'],
  dns: ['10.1.1.1'],
  psk: 'Known to all clients',
  users: [{ name: 'ann', password: 'correct-horse' }],
  ...change,
})
