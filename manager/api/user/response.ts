import { ADMIN_USER } from '../../model/identity.ts'
import type { ShownUser, User } from '../../model/user.ts'
import { accountTypes } from '../account/type.ts'
import { defineResponse, type Fields, type Presented } from '../response.ts'

export const userFields = {
  id: ['string', "The user's id."],
  username: ['string', 'The name it enters by; unique in its domain.'],
  firstname: ['string', 'First name.'],
  lastname: ['string', 'Last name.'],
  email: ['string', 'E-mail address.'],
  created: ['date', 'When it was made.'],
  state: ['string', 'enabled, disabled or locked.'],
  account: ['string', 'Its account.'],
  accounttype: ['integer', 'Type of its account: 0 user, 1 root, 2 domain, 3 resource administrator.'],
  usersource: ['string', 'Always native: its password is kept here.'],
  roleid: ['string', "Its account's role."],
  roletype: ['string', 'Kind of that role.'],
  rolename: ['string', 'Name of that role.'],
  domainid: ['string', "Its account's domain."],
  domain: ['string', 'Name of that domain.'],
  timezone: ['string', 'Its time zone.'],
  apikey: ['string', 'Its API key.'],
  accountid: ['string', "Its account's id."],
  isdefault: ['boolean', 'Whether it is the administrator that every cloud has.'],
  is2faenabled: ['boolean', 'Whether it has a second factor: never.'],
  is2famandated: ['boolean', 'Whether it must have a second factor: never.'],
} as const satisfies Fields

export const userResponse = defineResponse('user', userFields)

/** What a user shows of its account. */
type Whose = Pick<User, 'accountname' | 'accounttype' | 'domain' | 'domainname' | 'roleid' | 'roletype' | 'rolename'>

export const presentUserOf = (row: ShownUser, of: Whose): Presented<typeof userFields> => ({
  id: row.id,
  username: row.username,
  firstname: row.firstname,
  lastname: row.lastname,
  email: row.email,
  created: row.created,
  state: row.state,
  account: of.accountname,
  accounttype: accountTypes[of.accounttype],
  usersource: 'native',
  roleid: of.roleid,
  roletype: of.roletype,
  rolename: of.rolename,
  domainid: of.domain,
  domain: of.domainname,
  timezone: row.timezone,
  apikey: row.api_key,
  accountid: row.account,
  isdefault: row.id === ADMIN_USER,
  is2faenabled: false,
  is2famandated: false,
})

export const presentUser = (row: User): Presented<typeof userFields> => presentUserOf(row, row)
