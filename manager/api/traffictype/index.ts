import type { Command } from '../command.ts'
import { addTrafficType } from './add-traffic-type.ts'
import { deleteTrafficType } from './delete-traffic-type.ts'
import { listTrafficTypeImplementors } from './list-traffic-type-implementors.ts'
import { listTrafficTypes } from './list-traffic-types.ts'
import { updateTrafficType } from './update-traffic-type.ts'

export const traffictypeCommands: readonly Command[] = [
  addTrafficType,
  deleteTrafficType,
  listTrafficTypeImplementors,
  listTrafficTypes,
  updateTrafficType,
]
