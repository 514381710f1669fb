import { countsBeneath, countsOf } from '../../model/limit/count.ts'
import { limitKinds } from '../../model/limit/kinds.ts'
import { domainAdmins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { LARGEST_PAGE, listedFrom } from '../paging.ts'
import * as p from '../parameter.ts'
import { countResponse, presentCount } from './response.ts'
import { whoseLimits } from './whose.ts'

export const updateResourceCount = defineCommand({
  name: 'updateResourceCount',
  authorized: domainAdmins,
  description: 'Counts the things of an account, a project or a domain; no count is kept that would need correction.',
  params: {
    domainid: p.required(p.uuid('The domain, of the account where one is named.')),
    account: p.text('The account.'),
    projectid: p.uuid('The project, instead of the domain.'),
    resourcetype: p.integer('Only things of the kind of this number.', 0, 11),
  },
  unsupported: ['tag'],
  answer: 'list',
  response: countResponse,
  run: async (context, params) => {
    const asked = params.projectid === undefined ? params : { projectid: params.projectid }
    const { id, path, fields } = await whoseLimits(context, context.db, asked)
    const counts =
      path === undefined
        ? (await countsOf(context.db, [id])).get(id)
        : (await countsBeneath(context.db, [path])).get(path)
    const kinds = limitKinds.filter(({ type }) => (params.resourcetype ?? type) === type)
    return listedFrom(
      kinds.map((kind) => presentCount(fields, kind, counts?.[kind.name] ?? 0)),
      { limit: LARGEST_PAGE, offset: 0 },
    )
  },
})
