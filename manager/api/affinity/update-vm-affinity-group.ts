import { setAffinityGroups } from '../../model/affinity.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { changeGuest, guestResult } from '../guest/job.ts'
import { guestResponse } from '../guest/response.ts'
import { requireDesired } from '../guest/state.ts'
import * as p from '../parameter.ts'
import { namedAffinityGroups } from './named.ts'

export const updateVMAffinityGroup = defineCommand({
  name: 'updateVMAffinityGroup',
  authorized: everyone,
  description: 'Puts a stopped guest into these affinity groups and out of all others; its next start obeys them.',
  params: {
    id: p.required(p.uuid('The guest.')),
    affinitygroupids: p.orNone(p.uuids('Ids of the groups, comma-joined; without these and names: none.')),
    affinitygroupnames: p.orNone(p.words('Names of the groups, comma-joined, instead of their ids.')),
  },
  answer: 'job',
  response: guestResponse,
  result: guestResult,
  run: (context, { id, affinitygroupids, affinitygroupnames }) =>
    changeGuest(context, id, {
      cmd: 'updateVMAffinityGroup',
      values: async (guest, trx) => {
        requireDesired(guest, ['Stopped'])
        const groups = await namedAffinityGroups(trx, guest.account, { affinitygroupids, affinitygroupnames })
        await setAffinityGroups(trx, id, groups?.map((group) => group.id) ?? [])
        return {}
      },
    }),
})
