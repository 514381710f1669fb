import { type Api, createApi } from '@sysvm/manager/api'
import type { Caller } from '@sysvm/manager/api/caller'
import type { Jobs } from '@sysvm/manager/jobs'
import { type Database, openDatabase } from '@sysvm/manager/model'
import type { Kysely } from 'kysely'
import { type Call, caller } from '../simulator/api.ts'
import { idOf, run } from './balanced.ts'

/** The caller that a user of an account is, however it came in. */
export const callerOf = async (db: Kysely<Database>, account: string): Promise<Caller> => {
  const row = await db
    .selectFrom('account')
    .innerJoin('domain', 'domain.id', 'account.domain')
    .innerJoin('role', 'role.id', 'account.role')
    .innerJoin('cloud_user', 'cloud_user.account', 'account.id')
    .select(['role.type as roletype', 'role.id as roleid', 'cloud_user.id as userid', 'cloud_user.username'])
    .select(['account.id as accountid', 'account.name as account'])
    .select(['domain.id as domainid', 'domain.name as domain', 'domain.path as domainpath'])
    .where('account.id', '=', account)
    .executeTakeFirstOrThrow()
  return row
}

export const makeDomain = async (call: Call, name: string, parentdomainid?: string): Promise<string> =>
  idOf(await run(call, 'createDomain', { name, ...(parentdomainid === undefined ? {} : { parentdomainid }) }, 'domain'))

/** An account with one user of its name; `accounttype` 0 is a user's, 2 a domain administrator's. */
export const makeAccount = async (
  call: Call,
  username: string,
  domainid: string,
  accounttype: '0' | '2' = '0',
): Promise<string> => {
  const person = { firstname: username, lastname: 'Tenant', email: `${username}@example.com`, password: 'x7-Kw9!qLm' }
  return idOf(await run(call, 'createAccount', { username, domainid, accounttype, ...person }, 'account'))
}

/** One more manager's API on the database, whose callers are all this one. */
export const serveAs = async (url: string, jobs: Jobs, who: Caller) => {
  const db = openDatabase(url, { connections: 10 })
  const api: Api = createApi({ db, jobs, authenticate: async () => who })
  const at = await api.listen({ port: 0 })
  const close = async (): Promise<void> => {
    await api.close()
    await db.destroy()
  }
  return { call: caller(at), [Symbol.asyncDispose]: close }
}
