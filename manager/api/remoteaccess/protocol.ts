import type { RemoteAccessProtocol } from '../../model/schema/remoteaccess.ts'
import { IPSEC_PORTS, type VpnPorts } from '../../model/vpn-ports.ts'

/** CloudStack's own is L2TP; what a client can be told apart by is the protocol it speaks. */
export const PROTOCOLS = ['ikev2', 'wireguard', 'l2tp'] as const satisfies readonly RemoteAccessProtocol[]

const WIREGUARD_PORTS = [51_820] as const

/** UDP ports of the public address that clients come to. */
export const portsOf = (protocol: RemoteAccessProtocol): VpnPorts =>
  protocol === 'wireguard' ? WIREGUARD_PORTS : IPSEC_PORTS
