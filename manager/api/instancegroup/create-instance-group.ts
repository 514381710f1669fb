import { insertInstanceGroup } from '../../model/instancegroup.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { owner, ownerFor, ownersIn } from '../owner.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { instanceGroupResponse, presentInstanceGroup } from './response.ts'

export const createInstanceGroup = defineCommand({
  name: 'createInstanceGroup',
  authorized: everyone,
  description: 'Creates a group that guests can be sorted into; it is a name and no more.',
  params: {
    name: p.required(p.name('Name, unique in its account.')),
    ...owner,
  },
  answer: 'object',
  response: instanceGroupResponse,
  run: (context, params) =>
    write(context, async (trx) => {
      const group = await insertInstanceGroup(trx, await ownerFor(context, trx, params), params.name)
      return presentInstanceGroup(await ownersIn(trx, [group]))(group)
    }),
})
