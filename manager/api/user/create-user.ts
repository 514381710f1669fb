import { SysvmError } from '@sysvm/errors'
import type { Kysely } from 'kysely'
import { findMember, lockMember } from '../../model/account-list.ts'
import type { Database } from '../../model/schema.ts'
import { findUser, insertUser } from '../../model/user.ts'
import { accountIdNamed } from '../account/named.ts'
import { domainAdmins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { hashPassword } from '../login/password.ts'
import * as p from '../parameter.ts'
import { requirePower } from '../role/power.ts'
import { write } from '../write.ts'
import { personParams } from './params.ts'
import { presentUser, userResponse } from './response.ts'

export const createUser = defineCommand({
  name: 'createUser',
  authorized: domainAdmins,
  description: 'Makes a user of an account.',
  params: {
    account: p.required(p.text('Name of the account.')),
    domainid: p.uuid("The account's domain; default: the caller's."),
    ...personParams,
  },
  unsupported: ['userid'],
  answer: 'object',
  response: userResponse,
  run: async (context, { account: accountname, domainid, password, timezone, ...person }) => {
    // Before the password is hashed, which takes its time, and again in the transaction.
    const check = async (db: Kysely<Database>, read: typeof findMember) => {
      const id = await accountIdNamed(context, db, accountname, domainid)
      const account = found(await read(db, id), 'account', 'account', id)
      if (account.leaving)
        throw new SysvmError('SYSVM_RESOURCE_STATE', `Account ${account.name} is being removed: choose another.`)
      await requirePower(context, db, account, `Account ${account.name}`)
      return account
    }
    await check(context.db, findMember)
    const password_hash = await hashPassword(password)
    return write(context, async (trx) => {
      const account = await check(trx, lockMember)
      const values = { ...person, timezone: timezone ?? null, password_hash }
      const user = await insertUser(trx, { account: account.id, domain: account.domain, ...values })
      return presentUser(found(await findUser(trx, user), 'id', 'user', user))
    })
  },
})
