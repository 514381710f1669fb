import { SysvmError } from '@sysvm/errors'
import type { Selectable, Transaction } from 'kysely'
import { isReservedFor } from '../../model/publicip.ts'
import type { Database, PublicIpTable } from '../../model/schema.ts'
import { isRangeOpenTo } from '../../model/vlanrange.ts'
import { refuseForeign } from '../cross-account.ts'
import { startOver } from '../write.ts'

type Address = Pick<Selectable<PublicIpTable>, 'account' | 'address' | 'range' | 'reserved'>

interface Named {
  readonly zone: string
  readonly account: string
  /** As the caller gave it; undefined: any. */
  readonly address: string | undefined
}

/** How many more addresses the account has once it has this one: none if it has reserved it, and so has it already. */
export const roomFor = async (trx: Transaction<Database>, { zone, account, address }: Named): Promise<0 | 1> =>
  address !== undefined && (await isReservedFor(trx, zone, address, account)) ? 0 : 1

/**
 * Refuses an address, held and neither taken nor on its way out, that is not for this account: another one reserved it,
 * or has its range. `room` is what was asked for it before it was held.
 */
export const refuseKept = async (
  trx: Transaction<Database>,
  row: Address,
  { account, room, parameter }: { readonly account: string; readonly room: 0 | 1; readonly parameter: string },
): Promise<void> => {
  if (row.reserved) refuseForeign(account, row, parameter, `the address ${row.address}`)
  if (row.reserved !== (room === 0)) throw startOver('the address')
  if (!(await isRangeOpenTo(trx, row.range, account)))
    throw new SysvmError(
      'SYSVM_API_FORBIDDEN',
      `Parameter ${parameter}: the range of ${row.address} is dedicated to others: choose another address.`,
      { details: { parameter } },
    )
}
