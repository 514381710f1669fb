import { SysvmError } from '@sysvm/errors'
import type { Selectable, Transaction } from 'kysely'
import type { Database, NetworkTable } from '../../model/schema.ts'
import { countFreeAddresses } from '../../placement/index.ts'

/** Each of two routers has an address of its own. */
const TWO = 2

/** Refuses two routers to a network, whose row the caller holds, that has not the addresses that they need of their own. */
export const refuseFull = async (
  trx: Transaction<Database>,
  parameter: string,
  { id, name, gateway }: Pick<Selectable<NetworkTable>, 'id' | 'name' | 'gateway'>,
): Promise<void> => {
  const own = await trx
    .selectFrom('nic')
    .select('address')
    .where('network', '=', id)
    .where('router', 'is not', null)
    .execute()
  const needed = TWO - own.filter(({ address }) => address !== gateway).length
  const free = await countFreeAddresses(trx, id)
  if (free < needed)
    throw new SysvmError(
      'SYSVM_CAPACITY',
      `Parameter ${parameter}: two routers take ${needed} addresses of the network ${name}, which has ${free} left: destroy a guest of it.`,
      { details: { network: id } },
    )
}
