import type { InstanceGroup } from '../../model/instancegroup.ts'
import type { Owners } from '../owner.ts'
import { defineResponse, ownerShown, type Presented } from '../response.ts'

export const instanceGroupResponse = defineResponse('instancegroup', {
  id: ['string', "The group's id."],
  name: ['string', 'Its name.'],
  created: ['date', 'When it was made.'],
  ...ownerShown,
})

export const presentInstanceGroup =
  (owners: Owners) =>
  ({ id, name, created, account }: InstanceGroup): Presented<typeof instanceGroupResponse.fields> => ({
    id,
    name,
    created,
    ...owners(account),
  })
