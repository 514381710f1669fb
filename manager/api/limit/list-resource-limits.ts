import { limitKinds, UNLIMITED } from '../../model/limit/kinds.ts'
import { limitsOf } from '../../model/limit/limit.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { owner, ownerFilter } from '../owner.ts'
import { listedFrom, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { limitResponse, presentLimit } from './response.ts'
import { whoseLimits } from './whose.ts'

export const listResourceLimits = defineCommand({
  name: 'listResourceLimits',
  authorized: everyone,
  description: 'Lists how many things of each kind an account, a project or a domain may have.',
  params: {
    resourcetype: p.integer('Only the limit of the kind of this number.', 0, 11),
    resourcetypename: p.choice(
      'Only the limit of the kind of this name.',
      limitKinds.map(({ name }) => name),
    ),
    ...ownerFilter,
    projectid: owner.projectid,
    ...search,
  },
  unsupported: ['id', 'tag'],
  answer: 'list',
  response: limitResponse,
  run: async (context, params) => {
    const whose = await whoseLimits(context, context.db, params)
    const limits = (await limitsOf(context.db, [whose])).get(whose.id)
    const asked = limitKinds.filter(
      ({ type, name }) =>
        (params.resourcetype ?? type) === type &&
        (params.resourcetypename ?? name) === name &&
        name.includes(params.keyword?.toLowerCase() ?? ''),
    )
    const items = asked.map((kind) => presentLimit(whose.fields, kind, limits?.get(kind.type) ?? UNLIMITED))
    return listedFrom(items, pageOf(params))
  },
})
