import { findUsers } from '../../model/user.ts'
import { accountTypeOf } from '../account/type.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { accountFilter } from '../owner.ts'
import { listed, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { circleOf } from './circle.ts'
import { presentUser, userResponse } from './response.ts'

export const listUsers = defineCommand({
  name: 'listUsers',
  authorized: everyone,
  subject: 'cloud_user',
  description: "Lists users: of the caller's domain, or of its account where it is no administrator.",
  params: {
    id: p.uuid('Only the user of this id.'),
    username: p.text('Only the user of this name.'),
    accounttype: p.integer('Only users of accounts of this type.'),
    state: p.choice('Only users in this state.', ['enabled', 'disabled', 'locked']),
    usersource: p.choice('Only users known from there: all are native.', ['native', 'ldap', 'saml2', 'saml2disabled']),
    showicon: p.boolean('Accepted for clients that send it; users have no icon.'),
    ...accountFilter,
    ...search,
  },
  unsupported: ['apikeyaccess'],
  answer: 'list',
  response: userResponse,
  run: async (context, { accounttype, ...params }) => {
    if ((params.usersource ?? 'native') !== 'native') return { count: 0, items: [] }
    const circle = await circleOf(context, { ...params, listall: params.listall || params.id !== undefined })
    const filter = { ...params, circle, type: accountTypeOf(accounttype) }
    return listed(await findUsers(context.db, filter, pageOf(params)), presentUser)
  },
})
