/** What a client must know. */
export interface ClientConfiguration {
  /** Secret. */
  readonly privateKey: string
  /** Of the VPN's pool. */
  readonly address: string
  readonly dns: readonly string[]
  readonly server: { readonly publicKey: string; readonly address: string; readonly port: number }
  /** Secret. */
  readonly presharedKey: string
  /** Networks that are reached through the VPN. */
  readonly subnets: readonly string[]
}

/** Bytes of a packet in the tunnel: 1,500 less IPv6, UDP and WireGuard's own header and tag. */
const MTU = 1420

/** Seconds: a NAT on the way forgets a silent client after half a minute, and guests could not reach it any more. */
const KEEPALIVE = 25

/** wg-quick(8), which the applications of all systems import. Secret. Pure. */
export const configurationText = (client: ClientConfiguration): string =>
  [
    '[Interface]',
    `PrivateKey = ${client.privateKey}`,
    `Address = ${client.address}/32`,
    ...(client.dns.length === 0 ? [] : [`DNS = ${client.dns.join(', ')}`]),
    `MTU = ${MTU}`,
    '',
    '[Peer]',
    `PublicKey = ${client.server.publicKey}`,
    `PresharedKey = ${client.presharedKey}`,
    `AllowedIPs = ${client.subnets.join(', ')}`,
    `Endpoint = ${client.server.address}:${client.server.port}`,
    `PersistentKeepalive = ${KEEPALIVE}`,
    '',
  ].join('\n')
