import { type Kysely, type Selectable, sql, type Updateable } from 'kysely'
import type { Database, VpcTable } from './schema.ts'

/** Changes the VPC and raises its revision: its router's spec must be computed again. Returns the revision. */
export const reviseVpc = async (
  trx: Kysely<Database>,
  id: string,
  values: Updateable<VpcTable> = {},
): Promise<number | undefined> => {
  const row = await trx
    .updateTable('vpc')
    .set({ ...values, revision: sql`revision + 1` })
    .where('id', '=', id)
    .returning('revision')
    .executeTakeFirst()
  return row?.revision
}

/** The row, held until the transaction ends. */
export const lockVpc = (trx: Kysely<Database>, id: string): Promise<Selectable<VpcTable> | undefined> =>
  trx.selectFrom('vpc').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
