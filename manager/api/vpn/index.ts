import type { Command } from '../command.ts'
import { listRemoteAccessVpns } from './list-remote-access-vpns.ts'
import { listVpnConnections } from './list-vpn-connections.ts'
import { listVpnCustomerGateways } from './list-vpn-customer-gateways.ts'
import { listVpnGateways } from './list-vpn-gateways.ts'
import { listVpnUsers } from './list-vpn-users.ts'

export const vpnCommands: readonly Command[] = [
  listRemoteAccessVpns,
  listVpnConnections,
  listVpnCustomerGateways,
  listVpnGateways,
  listVpnUsers,
]
