import type { Command } from '../command.ts'
import { listCapacity } from './list-capacity.ts'

export const capacityCommands: readonly Command[] = [listCapacity]
