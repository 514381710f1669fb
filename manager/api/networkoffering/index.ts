import type { Command } from '../command.ts'
import { createNetworkOffering } from './create-network-offering.ts'
import { deleteNetworkOffering } from './delete-network-offering.ts'
import { listNetworkOfferings } from './list-network-offerings.ts'
import { updateNetworkOffering } from './update-network-offering.ts'

export const networkofferingCommands: readonly Command[] = [
  createNetworkOffering,
  deleteNetworkOffering,
  listNetworkOfferings,
  updateNetworkOffering,
]
