import type { Member } from '../../model/account-list.ts'
import { ADMIN_ACCOUNT } from '../../model/identity.ts'
import { type ShownUser, usersOfAccounts } from '../../model/user.ts'
import type { Context } from '../command.ts'
import { type Usage, usageFields, usageOfAccounts } from '../limit/usage.ts'
import { defineResponse, type Fields, type Presented } from '../response.ts'
import { presentUserOf, userFields } from '../user/response.ts'
import { accountTypes } from './type.ts'

const fields = {
  id: ['string', "The account's id."],
  name: ['string', 'Its name, unique in its domain.'],
  accounttype: ['integer', 'Its type: 0 user, 1 root, 2 domain, 3 resource administrator.'],
  roleid: ['string', 'Its role.'],
  roletype: ['string', 'Kind of that role.'],
  rolename: ['string', 'Name of that role.'],
  domainid: ['string', 'Its domain.'],
  domain: ['string', 'Name of that domain.'],
  domainpath: ['string', 'Path of that domain.'],
  defaultzoneid: ['string', 'Its default zone.'],
  state: ['string', 'enabled, disabled or locked.'],
  iscleanuprequired: ['boolean', 'Whether it is being removed.'],
  created: ['date', 'When it was made.'],
  user: ['list', 'Its users.', userFields],
  networkdomain: ['string', 'DNS domain of its networks that name none.'],
  isdefault: ['boolean', 'Whether it is the administrator that every cloud has.'],
  groups: ['list', 'Always empty.'],
  ...usageFields,
} as const satisfies Fields

export const accountResponse = defineResponse('account', fields)

const presentAccount =
  (users: ReadonlyMap<string, readonly ShownUser[]>, usage: (id: string) => Usage) =>
  (row: Member): Presented<typeof fields> => {
    const whose = { ...row, accountname: row.name, accounttype: row.type }
    return {
      id: row.id,
      name: row.name,
      accounttype: accountTypes[row.type],
      roleid: row.roleid,
      roletype: row.roletype,
      rolename: row.rolename,
      domainid: row.domain,
      domain: row.domainname,
      domainpath: row.domainpath,
      defaultzoneid: row.default_zone,
      state: row.state,
      iscleanuprequired: row.leaving,
      created: row.created,
      user: (users.get(row.id) ?? []).map((user) => presentUserOf(user, whose)),
      networkdomain: row.networkdomain,
      isdefault: row.id === ADMIN_ACCOUNT,
      groups: [],
      ...usage(row.id),
    }
  }

/** The accounts of an answer with their users and what they have, read at once. */
export const presentAccounts = async (db: Context['db'], rows: readonly Member[]) => {
  const ids = rows.map(({ id }) => id)
  const [users, usage] = await Promise.all([usersOfAccounts(db, ids), usageOfAccounts(db, rows)])
  return rows.map(
    presentAccount(
      Map.groupBy(users, ({ account }) => account),
      usage,
    ),
  )
}
