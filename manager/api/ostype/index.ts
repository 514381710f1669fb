import type { Command } from '../command.ts'
import { listOsCategories } from './list-os-categories.ts'
import { listOsTypes } from './list-os-types.ts'

export const ostypeCommands: readonly Command[] = [listOsCategories, listOsTypes]
