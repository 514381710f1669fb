import { SysvmError } from '@sysvm/errors'
import { type Selectable, sql } from 'kysely'
import type { GuestTable } from '../../model/schema.ts'
import { reviseVpc } from '../../model/vpc.ts'
import { chooseNic } from '../../placement/index.ts'
import { forgetFailures } from '../blocked.ts'
import type { World } from '../world.ts'

type Guest = Selectable<GuestTable>

/**
 * Gives the guest's nics what they lack. The network's revision is raised with it, and the nic remembers that revision:
 * a router that holds it knows the guest.
 */
export const allocateNics = async (world: World, guest: Guest): Promise<void> => {
  const bare = await world.db
    .selectFrom('nic')
    .select(['id', 'network', 'address'])
    .where('guest', '=', guest.id)
    .where('mac', 'is', null)
    .orderBy('device')
    .execute()
  for (const nic of bare) {
    const { id, network } = nic
    if (network === null) continue
    await world.db.transaction().execute(async (trx) => {
      const given = await chooseNic(trx, network, nic.address)
      const raised = await trx
        .updateTable('network')
        .set({ revision: sql`revision + 1` })
        .where('id', '=', network)
        .where('state', '<>', 'Destroy')
        .returning(['revision', 'vpc'])
        .executeTakeFirst()
      if (raised?.vpc) await reviseVpc(trx, raised.vpc)
      if (raised === undefined)
        throw new SysvmError(
          'SYSVM_RESOURCE_STATE',
          'The network of the guest is being deleted: deploy it elsewhere.',
          {
            details: { network },
          },
        )
      await trx
        .updateTable('nic')
        .set({ ...given, revision: raised.revision })
        .where('id', '=', id)
        .execute()
      await forgetFailures(trx, network)
      await world.jobs.wake(trx, 'network', network)
    })
  }
}
