import { findProjects, type ProjectCircle } from '../../model/project.ts'
import { seesAll } from '../access.ts'
import { accountIdNamed } from '../account/named.ts'
import { everyone } from '../authorized.ts'
import { type Context, defineCommand } from '../command.ts'
import { domainOf } from '../domain/find.ts'
import { found } from '../found.ts'
import { accountFilter } from '../owner.ts'
import { pageOf, search, tagsFilter } from '../paging.ts'
import * as p from '../parameter.ts'
import { presentProjects, projectResponse } from './response.ts'

interface Filter {
  readonly id?: string | undefined
  readonly account?: string | undefined
  readonly domainid?: string | undefined
  readonly isrecursive?: boolean | undefined
  readonly listall?: boolean | undefined
}

/** Those that an account is a member of; for administrators, with listall, domainid or id, those of their domains. */
const circleOf = async (context: Context, filter: Filter): Promise<ProjectCircle> => {
  const { caller, db } = context
  const { id, account, domainid, isrecursive, listall = id !== undefined } = filter
  if (account !== undefined) return { member: await accountIdNamed(context, db, account, domainid) }
  if (caller.roletype === 'User' || (domainid === undefined && !listall)) return { member: caller.accountid }
  if (domainid === undefined) return { path: seesAll(caller) ? 'ROOT' : caller.domainpath, recursive: true }
  const { path } = found(await domainOf(db, caller, domainid), 'domainid', 'domain', domainid)
  return { path, recursive: isrecursive ?? false }
}

export const listProjects = defineCommand({
  name: 'listProjects',
  authorized: everyone,
  since: '3.0.0',
  description:
    'Lists projects that an account is a member of, or with listall those of the domains that it administers.',
  params: {
    id: p.uuid('Only the project of this id.'),
    name: p.text('Only projects of this name.'),
    displaytext: p.text('Only projects of this text.'),
    state: p.choice('Only projects in this state.', ['Active', 'Suspended', 'Disabled']),
    details: p.words('Accepted for clients that send it; every field is answered.'),
    username: p.text('Only projects that the account of this user is a member of.'),
    showicon: p.boolean('Accepted for clients that send it; projects have no icon.'),
    ...accountFilter,
    ...search,
    ...tagsFilter,
  },
  answer: 'list',
  response: projectResponse,
  run: async (context, params) => {
    const circle = await circleOf(context, params)
    const { count, rows } = await findProjects(context.db, { ...params, circle }, pageOf(params))
    return { count, items: await presentProjects(context.db, rows) }
  },
})
