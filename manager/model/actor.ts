import type { Kysely } from 'kysely'
import type { Database } from './schema.ts'

/** Whose call a transaction serves. */
export interface Actor {
  readonly account: string
  readonly cloud_user: string
}

const actors = new WeakMap<Kysely<Database>, Actor>()

/** What the transaction writes down from now on, such as jobs, is the actor's: nobody has to hand it through. */
export const actAs = (trx: Kysely<Database>, actor: Actor): void => {
  actors.set(trx, actor)
}

/** Columns that say whose call it was; none: the manager's own work, which is the root administrator's. */
export const actorOf = (trx: Kysely<Database>): Partial<Actor> => actors.get(trx) ?? {}
