import { renameInstanceGroup } from '../../model/instancegroup.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { ownersIn } from '../owner.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { instanceGroupResponse, presentInstanceGroup } from './response.ts'

export const updateInstanceGroup = defineCommand({
  name: 'updateInstanceGroup',
  authorized: everyone,
  description: 'Renames a group of guests.',
  params: {
    id: p.required(p.uuid('The group.')),
    name: p.required(p.name('Its name from now on.')),
  },
  answer: 'object',
  response: instanceGroupResponse,
  run: (context, { id, name }) =>
    write(context, async (trx) => {
      const group = found(await renameInstanceGroup(trx, id, name), 'id', 'instance group', id)
      return presentInstanceGroup(await ownersIn(trx, [group]))(group)
    }),
})
