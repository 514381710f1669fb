import type { Command } from '../command.ts'
import { createInstanceGroup } from './create-instance-group.ts'
import { deleteInstanceGroup } from './delete-instance-group.ts'
import { listInstanceGroups } from './list-instance-groups.ts'
import { updateInstanceGroup } from './update-instance-group.ts'

export const instancegroupCommands: readonly Command[] = [
  createInstanceGroup,
  deleteInstanceGroup,
  listInstanceGroups,
  updateInstanceGroup,
]
