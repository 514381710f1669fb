import type { Command } from '../command.ts'
import { createNetwork } from './create-network.ts'
import { deleteNetwork } from './delete-network.ts'
import { listNetworks } from './list-networks.ts'
import { restartNetwork } from './restart-network.ts'
import { updateNetwork } from './update-network.ts'

export const networkCommands: readonly Command[] = [
  createNetwork,
  deleteNetwork,
  listNetworks,
  restartNetwork,
  updateNetwork,
]
