import type { AffinityGroup } from '../../model/affinity.ts'
import { defineResponse, ownerShown, type Presented } from '../response.ts'

export const affinityGroupFields = {
  id: ['string', "The group's id."],
  name: ['string', 'Its name.'],
  description: ['string', 'What it is for.'],
  type: ['string', 'host affinity: one host for all; host anti-affinity: one each; non-strict: if possible.'],
  ...ownerShown,
  virtualmachineIds: ['list', 'Ids of the guests in it.'],
} as const

export const affinityGroupResponse = defineResponse('affinitygroup', affinityGroupFields)

export const presentAffinityGroup = (
  row: AffinityGroup,
  owner: Presented<typeof affinityGroupFields> | undefined,
): Presented<typeof affinityGroupFields> => ({
  id: row.id,
  name: row.name,
  description: row.description,
  type: row.type,
  ...owner,
  virtualmachineIds: [...row.guests],
})
