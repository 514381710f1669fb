import { findDomains } from '../../model/domain.ts'
import { seesAll } from '../access.ts'
import { everyone } from '../authorized.ts'
import { type Context, defineCommand } from '../command.ts'
import { pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { domainResponse, presentDomains } from './response.ts'

/** The uppermost domain that the caller sees. */
export const topOf = ({ caller }: Context): string => (seesAll(caller) ? 'ROOT' : caller.domainpath)

export const listDomains = defineCommand({
  name: 'listDomains',
  authorized: everyone,
  description: "Lists the caller's domain and, for administrators, those beneath it.",
  params: {
    id: p.uuid('Only the domain of this id.'),
    name: p.text('Only domains of this name.'),
    level: p.integer('Only domains so deep; ROOT is 0.'),
    listall: p.boolean('List all that the caller may see; so it does in any case.'),
    details: p.words('Accepted for clients that send it; every field is answered.'),
    showicon: p.boolean('Accepted for clients that send it; domains have no icon.'),
    ...search,
  },
  unsupported: ['tag'],
  answer: 'list',
  response: domainResponse,
  run: async (context, { id, name, level, keyword, ...params }) => {
    const { db, caller } = context
    const own = caller.roletype === 'User' ? caller.domainid : undefined
    const filter = { beneath: topOf(context), self: true, id: own ?? id, name, level, keyword }
    const { count, rows } = await findDomains(db, filter, pageOf(params))
    return { count, items: await presentDomains(db, rows) }
  },
})
