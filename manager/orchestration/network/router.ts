import { parseCidr } from '@sysvm/agent/spec'
import type { Selectable, Transaction } from 'kysely'
import { addressed } from '../../model/addressed.ts'
import type { Database } from '../../model/database.ts'
import { lockNetwork, reviseNetwork } from '../../model/network.ts'
import type { NetworkTable } from '../../model/schema.ts'
import { chooseAddress } from '../../placement/index.ts'
import { restartsDone } from '../done.ts'
import { addPublicNic, addRouterNic, inherit, insertRouter, type Renewed } from '../router/create.ts'
import { holdRouters } from '../router/hold.ts'
import { remade } from '../router/remakes.ts'
import { type Rank, ranks } from '../router/scope.ts'
import type { World } from '../world.ts'

type Network = Selectable<NetworkTable>

const offeringOf = (trx: Transaction<Database>, id: string) =>
  trx.selectFrom('network_offering').select(['services', 'networkmode']).where('id', '=', id).executeTakeFirstOrThrow()

/** The router's nic in a network, or in one tier of its VPC; one of two has an address of its own, which no guest gets. */
export const addGuestNic = async (
  trx: Transaction<Database>,
  router: string,
  network: Pick<Network, 'id' | 'name' | 'cidr' | 'gateway' | 'redundant'>,
): Promise<void> => {
  const { id, cidr, gateway } = addressed(network)
  const address = network.redundant ? (await chooseAddress(trx, id, null)).address : gateway
  await addRouterNic(trx, router, { role: 'guest', network: id, address, netmask: parseCidr(cidr).netmask })
}

/** The one router that served alone gets an address of its own; the gateway's is shared from its next commit on. */
export const makeRoom = async (
  trx: Transaction<Database>,
  network: Pick<Network, 'id' | 'name' | 'cidr' | 'gateway'>,
): Promise<void> => {
  const { id, gateway } = addressed(network)
  const alone = await trx
    .selectFrom('nic')
    .select('id')
    .where('network', '=', id)
    .where('router', 'is not', null)
    .where('address', '=', gateway)
    .execute()
  for (const nic of alone) {
    const { address } = await chooseAddress(trx, id, null)
    await trx.updateTable('nic').set({ address }).where('id', '=', nic.id).execute()
  }
}

/**
 * The rows of the routers that a network lacks with everything they own, in one transaction: control address, host key,
 * nics, public address. Counts as the restart that was asked for, and of two the one that is there is made anew in its
 * turn; but not where it `renews` that one, and is of an image of its own.
 */
export const createRouters = (
  world: World,
  network: Network,
  missing: readonly Rank[],
  renews: Renewed | null = null,
): Promise<readonly string[]> =>
  world.db.transaction().execute(async (trx) => {
    const scope = { kind: 'network', id: network.id } as const
    const { services, networkmode } = await offeringOf(trx, network.offering)
    await holdRouters(trx, scope)
    await lockNetwork(trx, network.id)
    // Not before it has another one beside it: until then it may serve.
    if (network.redundant && renews === null && network.restarts_wanted > network.restarts_done)
      await trx.updateTable('router').set(remade).where('network', '=', network.id).execute()
    const ids: string[] = []
    for (const rank of missing) {
      const id = await insertRouter(trx, world, network.zone, scope, rank)
      if (renews !== null) await inherit(trx, id, renews)
      await addGuestNic(trx, id, network)
      // A routed network's router needs a way out as well, and an address that the outside can route to.
      if (services.SourceNat !== undefined || networkmode === 'ROUTED') await addPublicNic(trx, id, scope)
      ids.push(id)
    }
    if (network.redundant) await makeRoom(trx, network)
    // The router that is there already hears of the other one.
    if (missing.length < wantedRanks(network).length) await reviseNetwork(trx, network.id)
    await trx
      .updateTable('network')
      .set(renews === null ? { restarts_done: restartsDone(network.restarts_wanted) } : { renews: renews.id })
      .where('id', '=', network.id)
      .execute()
    return ids
  })

/** The places that the routers of a network or VPC have. */
export const wantedRanks = ({ redundant }: { readonly redundant: boolean }): readonly Rank[] =>
  redundant ? ranks : ranks.slice(0, 1)
