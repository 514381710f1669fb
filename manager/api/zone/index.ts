import type { Command } from '../command.ts'
import { createZone } from './create-zone.ts'
import { deleteZone } from './delete-zone.ts'
import { listZones } from './list-zones.ts'
import { updateZone } from './update-zone.ts'

export const zoneCommands: readonly Command[] = [createZone, deleteZone, listZones, updateZone]
