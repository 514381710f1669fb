import type { Command } from '../command.ts'
import { addResourceDetail } from './add-resource-detail.ts'
import { listResourceDetails } from './list-resource-details.ts'
import { removeResourceDetail } from './remove-resource-detail.ts'

export const detailCommands: readonly Command[] = [addResourceDetail, listResourceDetails, removeResourceDetail]
