import { SysvmError } from '@sysvm/errors'
import { type Kysely, sql } from 'kysely'
import { findAccount } from '../account.ts'
import { domainsAbove } from '../domain.ts'
import type { Database } from '../schema.ts'
import { amountOf } from './count.ts'
import { type Amounts, limitKinds, UNLIMITED } from './kinds.ts'
import { type Limited, limitsOf } from './limit.ts'

interface Bound extends Limited {
  /** What people call it. */
  readonly what: string
  /** Of a domain. */
  readonly path?: string
}

/** Whoever's limits hold for an account's things, in the order in which they are held: domains from above, then itself. */
const boundsOf = async (trx: Kysely<Database>, id: string): Promise<Bound[]> => {
  const account = await findAccount(trx, id)
  if (account === undefined || account.type === 'Admin') return []
  const domains = await domainsAbove(trx, account.domainpath)
  const kind = account.type === 'Project' ? 'project' : 'account'
  const what = kind === 'project' ? `project ${account.projectname}` : `account ${account.name}`
  return [
    ...domains.map(({ id: domain, path }) => {
      const bound = { kind: 'domain', id: domain, unlimited: false, what: `domain ${path}`, path } as const
      return bound
    }),
    { kind, id, unlimited: false, what },
  ]
}

const exceeded = (what: string, name: string, most: number, has: number, more: number): SysvmError =>
  new SysvmError(
    'SYSVM_RESOURCE_LIMIT',
    `The limit of the ${what} for resources of type ${name} is ${most}; it has ${has}, so ${more} more are too many: ` +
      'remove some, or have an administrator raise it with updateResourceLimit.',
    { details: { type: name, limit: most, count: has, wanted: more } },
  )

/**
 * Refuses (532) what would take an account, or a domain that it is in, over a limit. Whatever makes, takes or recovers
 * things calls it first in its transaction: until that ends the row of whoever has a limit is held, so what is counted
 * is what there is when the thing is made. Nothing keeps a count that could go wrong; without a limit nothing is counted
 * and nobody waits.
 */
export const requireRoom = async (trx: Kysely<Database>, account: string, wanted: Amounts): Promise<void> => {
  const bounds = await boundsOf(trx, account)
  const limits = await limitsOf(trx, bounds)
  for (const { kind, id, what, path } of bounds) {
    const bounded = limitKinds.flatMap(({ type, name }) => {
      const [most, more] = [limits.get(id)?.get(type) ?? UNLIMITED, wanted[name] ?? 0]
      return most === UNLIMITED || more <= 0 ? [] : [{ name, most, more }]
    })
    if (bounded.length === 0) continue
    // Others may name the row meanwhile, as all that they insert does.
    const table = kind === 'domain' ? 'domain' : 'account'
    await sql`select from ${sql.table(table)} where id = ${id} for no key update`.execute(trx)
    for (const { name, most, more } of bounded) {
      const has = await amountOf(trx, name, path === undefined ? { account: id } : { path })
      if (has + more > most) throw exceeded(what, name, most, has, more)
    }
  }
}
