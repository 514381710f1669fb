import type { Command } from '../command.ts'
import { createVPCOffering } from './create-vpc-offering.ts'
import { deleteVPCOffering } from './delete-vpc-offering.ts'
import { listVPCOfferings } from './list-vpc-offerings.ts'
import { updateVPCOffering } from './update-vpc-offering.ts'

export const vpcofferingCommands: readonly Command[] = [
  createVPCOffering,
  deleteVPCOffering,
  listVPCOfferings,
  updateVPCOffering,
]
