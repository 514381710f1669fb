import type { Command } from '../command.ts'
import { createPrivateGateway } from './create-private-gateway.ts'
import { deletePrivateGateway } from './delete-private-gateway.ts'
import { listPrivateGateways } from './list-private-gateways.ts'

export const privategatewayCommands: readonly Command[] = [
  createPrivateGateway,
  deletePrivateGateway,
  listPrivateGateways,
]
