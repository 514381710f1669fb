import type { Transaction } from 'kysely'
import type { Database } from '../../model/database.ts'
import { type Rank, ranks, type Scope } from './scope.ts'

interface Held {
  readonly id: string
  readonly rank: Rank
}

/**
 * Holds the routers of a network or VPC that stay, before anything of what they serve (model/lock.ts); in the order of
 * their ranks.
 */
export const holdRouters = async (trx: Transaction<Database>, { kind, id }: Scope): Promise<readonly Held[]> => {
  const routers = await trx
    .selectFrom('router')
    .select(['id', 'rank'])
    .where(kind, '=', id)
    .where('desired', '<>', 'Destroyed')
    .orderBy('id')
    .forNoKeyUpdate()
    .execute()
  return routers.toSorted((a, b) => ranks.indexOf(a.rank) - ranks.indexOf(b.rank))
}
