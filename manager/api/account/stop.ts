import type { Transaction } from 'kysely'
import { reviseGuest } from '../../model/guest.ts'
import type { Database } from '../../model/schema.ts'
import type { Context } from '../command.ts'

/** Has every guest of an account stopped that runs or is about to. */
export const stopGuests = async ({ jobs }: Context, trx: Transaction<Database>, account: string): Promise<void> => {
  const rows = await trx
    .selectFrom('guest')
    .select('id')
    .where('account', '=', account)
    .where('desired', '=', 'Running')
    .orderBy('id')
    .forUpdate()
    .execute()
  for (const { id } of rows) {
    await reviseGuest(trx, id, { desired: 'Stopped' })
    await jobs.wake(trx, 'guest', id)
  }
}
