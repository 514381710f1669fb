import { findDomains } from '../../model/domain.ts'
import { domainAdmins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { domainOf } from './find.ts'
import { domainResponse, presentDomains } from './response.ts'

export const listDomainChildren = defineCommand({
  name: 'listDomainChildren',
  authorized: domainAdmins,
  description: "Lists the domains beneath one, by default the caller's.",
  params: {
    id: p.uuid('The domain above them.'),
    name: p.text('Only domains of this name.'),
    isrecursive: p.boolean('List what lies beneath the children too.'),
    listall: p.boolean('Without id: list all that the caller may see.'),
    showicon: p.boolean('Accepted for clients that send it; domains have no icon.'),
    ...search,
  },
  answer: 'list',
  response: domainResponse,
  run: async ({ db, caller }, { id = caller.domainid, name, isrecursive, listall, keyword, ...params }) => {
    const { path } = found(await domainOf(db, caller, id), 'id', 'domain', id)
    const recursive = isrecursive ?? listall ?? false
    const filter = { beneath: path, self: false, parent: recursive ? undefined : id, name, keyword }
    const { count, rows } = await findDomains(db, filter, pageOf(params))
    return { count, items: await presentDomains(db, rows) }
  },
})
