import { parseCidr } from '@sysvm/agent/spec'
import type { Selectable, Transaction } from 'kysely'
import { addressed } from '../../model/addressed.ts'
import type { Database } from '../../model/database.ts'
import type { NetworkTable } from '../../model/schema.ts'
import { restartsDone } from '../done.ts'
import { addPublicNic, addRouterNic, insertRouter } from '../router/create.ts'
import type { World } from '../world.ts'

type Network = Selectable<NetworkTable>

const offeringOf = (trx: Transaction<Database>, id: string) =>
  trx.selectFrom('network_offering').select(['services', 'networkmode']).where('id', '=', id).executeTakeFirstOrThrow()

/** The router's nic in a network, or in one tier of its VPC. */
export const addGuestNic = (
  trx: Transaction<Database>,
  router: string,
  network: Pick<Network, 'id' | 'name' | 'cidr' | 'gateway'>,
): Promise<void> => {
  const { id, cidr, gateway } = addressed(network)
  return addRouterNic(trx, router, { role: 'guest', network: id, address: gateway, netmask: parseCidr(cidr).netmask })
}

/**
 * The router's row with everything it owns, in one transaction: control address, host key, nics, public address. Counts
 * as the restart that was asked for.
 */
export const createRouter = (world: World, network: Network): Promise<string> =>
  world.db.transaction().execute(async (trx) => {
    const scope = { kind: 'network', id: network.id } as const
    const id = await insertRouter(trx, world, network.zone, scope)
    await addGuestNic(trx, id, network)
    const { services, networkmode } = await offeringOf(trx, network.offering)
    // A routed network's router needs a way out as well, and an address that the outside can route to.
    if (services.SourceNat !== undefined || networkmode === 'ROUTED') await addPublicNic(trx, id, scope)
    await trx
      .updateTable('network')
      .set({ restarts_done: restartsDone(network.restarts_wanted) })
      .where('id', '=', network.id)
      .execute()
    return id
  })
