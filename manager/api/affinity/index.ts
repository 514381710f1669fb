import type { Command } from '../command.ts'
import { createAffinityGroup } from './create-affinity-group.ts'
import { deleteAffinityGroup } from './delete-affinity-group.ts'
import { listAffinityGroupTypes } from './list-affinity-group-types.ts'
import { listAffinityGroups } from './list-affinity-groups.ts'
import { updateVMAffinityGroup } from './update-vm-affinity-group.ts'

export const affinityCommands: readonly Command[] = [
  createAffinityGroup,
  deleteAffinityGroup,
  listAffinityGroups,
  listAffinityGroupTypes,
  updateVMAffinityGroup,
]
