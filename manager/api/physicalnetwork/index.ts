import type { Command } from '../command.ts'
import { createPhysicalNetwork } from './create-physical-network.ts'
import { deletePhysicalNetwork } from './delete-physical-network.ts'
import { listGuestVlans } from './list-guest-vlans.ts'
import { listPhysicalNetworks } from './list-physical-networks.ts'
import { updatePhysicalNetwork } from './update-physical-network.ts'

export const physicalnetworkCommands: readonly Command[] = [
  createPhysicalNetwork,
  deletePhysicalNetwork,
  listGuestVlans,
  listPhysicalNetworks,
  updatePhysicalNetwork,
]
