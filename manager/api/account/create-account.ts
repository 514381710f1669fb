import { SysvmError } from '@sysvm/errors'
import type { Kysely } from 'kysely'
import { findMember, insertAccount } from '../../model/account-list.ts'
import type { Database } from '../../model/schema.ts'
import { insertUser } from '../../model/user.ts'
import { domainAdmins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { domainOf } from '../domain/find.ts'
import { found } from '../found.ts'
import { hashPassword } from '../login/password.ts'
import * as p from '../parameter.ts'
import { chooseRole } from '../role/choose.ts'
import { personParams } from '../user/params.ts'
import { write } from '../write.ts'
import { accountResponse, presentAccounts } from './response.ts'

export const createAccount = defineCommand({
  name: 'createAccount',
  authorized: domainAdmins,
  description: 'Makes an account with its first user.',
  params: {
    account: p.name("Its name; default: the user's."),
    accounttype: p.integer('Instead of roleid: 0 user, 1 root, 2 domain, 3 resource administrator.'),
    roleid: p.uuid('Its role; default: the standard one of its type.'),
    domainid: p.uuid("Its domain; default: the caller's."),
    networkdomain: p.domainName('DNS domain of its networks that name none.'),
    ...personParams,
  },
  unsupported: ['accountdetails', 'accountid', 'userid'],
  answer: 'object',
  response: accountResponse,
  run: async (context, params) => {
    const { account, accounttype, roleid, networkdomain, password, timezone, ...rest } = params
    const { domainid = context.caller.domainid, ...person } = rest
    // Before the password is hashed, which takes its time, and again in the transaction.
    const check = async (db: Kysely<Database>) => {
      const domain = found(await domainOf(db, context.caller, domainid), 'domainid', 'domain', domainid)
      if (domain.state !== 'Active')
        throw new SysvmError('SYSVM_RESOURCE_STATE', `Domain ${domain.path} is being removed: choose another.`)
      return { domain, role: await chooseRole(context, db, { roleid, accounttype }) }
    }
    await check(context.db)
    const password_hash = await hashPassword(password)
    return write(context, async (trx) => {
      const { domain, role } = await check(trx)
      const name = account ?? person.username
      const values = { name, domain: domain.id, type: role.type, role: role.id, networkdomain: networkdomain ?? null }
      const id = await insertAccount(trx, values)
      await insertUser(trx, { ...person, timezone: timezone ?? null, account: id, domain: domain.id, password_hash })
      const [made] = await presentAccounts(trx, [found(await findMember(trx, id), 'id', 'account', id)])
      return made ?? {}
    })
  },
})
