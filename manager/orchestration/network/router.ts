import { randomUUID } from 'node:crypto'
import { parseCidr } from '@sysvm/agent/spec'
import { type Selectable, sql, type Transaction } from 'kysely'
import type { Database } from '../../model/database.ts'
import type { NetworkTable } from '../../model/schema.ts'
import { allocateSourceNat, chooseLinkLocal, randomMac } from '../../placement/index.ts'
import { generateSshKey, seal } from '../keys/index.ts'
import type { World } from '../world.ts'

type Network = Selectable<NetworkTable>

const offeringOf = (trx: Transaction<Database>, id: string) =>
  trx.selectFrom('network_offering').select('services').where('id', '=', id).executeTakeFirstOrThrow()

const addPublicNic = async (trx: Transaction<Database>, network: Network, router: string): Promise<void> => {
  const id = await allocateSourceNat(trx, network.id)
  const ip = await trx
    .selectFrom('public_ip')
    .innerJoin('vlan_range', 'vlan_range.id', 'public_ip.range')
    .select(['public_ip.address', 'vlan_range.gateway', 'vlan_range.netmask'])
    .where('public_ip.id', '=', id)
    .executeTakeFirstOrThrow()
  await trx
    .insertInto('nic')
    .values({ router, role: 'public', device: 2, public_ip: id, mac: randomMac(), ...ip })
    .execute()
}

/**
 * The router's row with everything it owns, in one transaction: control address, host key, nics, public address. Counts
 * as the restart that was asked for.
 */
export const createRouter = async (world: World, network: Network): Promise<string> => {
  const id = randomUUID()
  const key = generateSshKey()
  await world.db.transaction().execute(async (trx) => {
    const linklocal = await chooseLinkLocal(trx, network.zone)
    await trx
      .insertInto('router')
      .values({
        id,
        zone: network.zone,
        network: network.id,
        linklocal,
        host_key_private: seal(world.keys.sealKey, `router/${id}`, key.privateKey),
        host_key_public: key.publicKey,
      })
      .execute()
    const control = { role: 'control', device: 0, address: linklocal, netmask: '255.255.0.0' } as const
    const guest = { role: 'guest', device: 1, address: network.gateway, network: network.id } as const
    await trx
      .insertInto('nic')
      .values({ router: id, mac: randomMac(), ...control })
      .execute()
    await trx
      .insertInto('nic')
      .values({ router: id, mac: randomMac(), ...guest, netmask: parseCidr(network.cidr).netmask })
      .execute()
    const { services } = await offeringOf(trx, network.offering)
    if (services.SourceNat !== undefined) await addPublicNic(trx, network, id)
    await trx
      .updateTable('network')
      .set({ restarts_done: sql`greatest(restarts_done, ${network.restarts_wanted})` })
      .where('id', '=', network.id)
      .execute()
  })
  return id
}
