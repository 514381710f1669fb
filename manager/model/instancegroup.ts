import type { Kysely } from 'kysely'
import type { Database } from './schema.ts'

/** The account's group of this name, made when it has none: guests name groups and nothing else does. */
export const instanceGroup = async (trx: Kysely<Database>, account: string, name: string): Promise<string> => {
  const { id } = await trx
    .insertInto('instance_group')
    .values({ account, name })
    .onConflict((conflict) => conflict.columns(['account', 'name']).doUpdateSet({ name }))
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}
