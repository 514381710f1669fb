import type { Command } from '../command.ts'
import { createServiceOffering } from './create-service-offering.ts'
import { deleteServiceOffering } from './delete-service-offering.ts'
import { listServiceOfferings } from './list-service-offerings.ts'
import { updateServiceOffering } from './update-service-offering.ts'

export const serviceofferingCommands: readonly Command[] = [
  createServiceOffering,
  deleteServiceOffering,
  listServiceOfferings,
  updateServiceOffering,
]
