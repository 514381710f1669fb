import type { Command } from '../command.ts'
import { generateUsageRecords } from './generate-usage-records.ts'
import { listUsageRecords } from './list-usage-records.ts'
import { listUsageTypes } from './list-usage-types.ts'

export const usageCommands: readonly Command[] = [generateUsageRecords, listUsageRecords, listUsageTypes]
