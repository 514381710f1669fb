import { findMembers } from '../../model/account-list.ts'
import { everyone } from '../authorized.ts'
import { type Context, defineCommand } from '../command.ts'
import { pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { circleOf } from '../user/circle.ts'
import { accountResponse, presentAccounts } from './response.ts'
import { accountTypeOf } from './type.ts'

interface Filter {
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly domainid?: string | undefined
  readonly isrecursive?: boolean | undefined
  readonly listall?: boolean | undefined
}

/** Without a word of whose, the caller's own; an id or a name is looked for in all that it may see. */
const circleFor = (context: Context, { id, name, domainid, isrecursive, listall }: Filter) =>
  id === undefined && name === undefined && domainid === undefined && !listall
    ? { account: context.caller.accountid }
    : circleOf(context, { domainid, isrecursive, listall: listall || id !== undefined || name !== undefined })

export const listAccounts = defineCommand({
  name: 'listAccounts',
  authorized: everyone,
  description: "Lists accounts: the caller's own, or with listall or domainid those of the domains it administers.",
  params: {
    id: p.uuid('Only the account of this id.'),
    name: p.text('Only the account of this name.'),
    accounttype: p.integer('Only accounts of this type.'),
    state: p.choice('Only accounts in this state.', ['enabled', 'disabled', 'locked']),
    iscleanuprequired: p.boolean('Only those that are being removed, or none of them.'),
    domainid: p.uuid('Only the accounts of this domain.'),
    isrecursive: p.boolean('List the subdomains of domainid too.'),
    listall: p.boolean('List all that the caller may see, not only its own.'),
    details: p.words('Accepted for clients that send it; every field is answered.'),
    showicon: p.boolean('Accepted for clients that send it; accounts have no icon.'),
    ...search,
  },
  unsupported: ['apikeyaccess', 'tag'],
  answer: 'list',
  response: accountResponse,
  run: async (context, { accounttype, iscleanuprequired, ...params }) => {
    const circle = await circleFor(context, params)
    const filter = { ...params, circle, type: accountTypeOf(accounttype), leaving: iscleanuprequired }
    const { count, rows } = await findMembers(context.db, filter, pageOf(params))
    return { count, items: await presentAccounts(context.db, rows) }
  },
})
