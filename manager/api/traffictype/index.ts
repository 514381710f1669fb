import type { Command } from '../command.ts'
import { addTrafficType } from './add-traffic-type.ts'
import { listTrafficTypes } from './list-traffic-types.ts'
import { updateTrafficType } from './update-traffic-type.ts'

export const traffictypeCommands: readonly Command[] = [addTrafficType, listTrafficTypes, updateTrafficType]
