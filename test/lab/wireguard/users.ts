import { configurationText } from '@sysvm/manager/wireguard/configuration'
import { newKeyPair, newPresharedKey } from '@sysvm/manager/wireguard/keys'
import type { WireGuardInput } from '@sysvm/router/spec'

export type Peer = NonNullable<WireGuardInput['peers']>[number]

/** The base spec's router. */
export const SERVER = '198.51.100.5'

/** A user as the router knows one, and what the user has. */
export const newWireGuardUser = (user: string, address: string, serverKey: string) => {
  const { publicKey, privateKey } = newKeyPair()
  const presharedKey = newPresharedKey()
  const peer: Peer = { user, address, publicKey, presharedKey }
  const configuration = configurationText({
    ...{ privateKey, address, dns: ['10.1.1.1'], presharedKey, subnets: ['10.1.0.0/16'] },
    server: { publicKey: serverKey, address: SERVER, port: 51_820 },
  })
  return { peer, configuration, secrets: [privateKey, presharedKey] }
}

/** That router's part for such users. */
export const wireGuardOf = (privateKey: string, peers: readonly Peer[]): WireGuardInput => ({
  address: SERVER,
  privateKey,
  pool: { first: '10.9.0.1', last: '10.9.0.9' },
  subnets: ['10.1.0.0/16'],
  dns: ['10.1.1.1'],
  peers: [...peers],
})
