import type { Command } from '../command.ts'
import { createDiskOffering } from './create-disk-offering.ts'
import { deleteDiskOffering } from './delete-disk-offering.ts'
import { listDiskOfferings } from './list-disk-offerings.ts'
import { updateDiskOffering } from './update-disk-offering.ts'

export const diskofferingCommands: readonly Command[] = [
  createDiskOffering,
  deleteDiskOffering,
  listDiskOfferings,
  updateDiskOffering,
]
