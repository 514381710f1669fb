import type { Command } from '../command.ts'
import { listResourceLimits } from './list-resource-limits.ts'
import { updateResourceCount } from './update-resource-count.ts'
import { updateResourceLimit } from './update-resource-limit.ts'

export const limitCommands: readonly Command[] = [listResourceLimits, updateResourceCount, updateResourceLimit]
