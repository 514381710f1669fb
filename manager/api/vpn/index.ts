import type { Command } from '../command.ts'
import { createVpnConnection } from './create-vpn-connection.ts'
import { createVpnCustomerGateway } from './create-vpn-customer-gateway.ts'
import { createVpnGateway } from './create-vpn-gateway.ts'
import { deleteVpnConnection } from './delete-vpn-connection.ts'
import { deleteVpnCustomerGateway } from './delete-vpn-customer-gateway.ts'
import { deleteVpnGateway } from './delete-vpn-gateway.ts'
import { listVpnConnections } from './list-vpn-connections.ts'
import { listVpnCustomerGateways } from './list-vpn-customer-gateways.ts'
import { listVpnGateways } from './list-vpn-gateways.ts'
import { resetVpnConnection } from './reset-vpn-connection.ts'
import { updateVpnConnection } from './update-vpn-connection.ts'
import { updateVpnCustomerGateway } from './update-vpn-customer-gateway.ts'
import { updateVpnGateway } from './update-vpn-gateway.ts'

export const vpnCommands: readonly Command[] = [
  createVpnConnection,
  createVpnCustomerGateway,
  createVpnGateway,
  deleteVpnConnection,
  deleteVpnCustomerGateway,
  deleteVpnGateway,
  listVpnConnections,
  listVpnCustomerGateways,
  listVpnGateways,
  resetVpnConnection,
  updateVpnConnection,
  updateVpnCustomerGateway,
  updateVpnGateway,
]
