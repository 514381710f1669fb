import { randomUUID } from 'node:crypto'
import type { Insertable, Transaction } from 'kysely'
import { endBackoff } from '../../jobs/backoff.ts'
import type { Database } from '../../model/database.ts'
import type { NicTable } from '../../model/schema.ts'
import { allocateSourceNat, chooseLinkLocal, randomMac } from '../../placement/index.ts'
import { generateSshKey, seal } from '../keys/index.ts'
import type { World } from '../world.ts'
import type { Scope } from './scope.ts'

/** A nic of the router on its next free device. The caller holds the router's row, or made it. */
export const addRouterNic = async (
  trx: Transaction<Database>,
  router: string,
  values: Omit<Insertable<NicTable>, 'router' | 'device' | 'mac'>,
): Promise<void> => {
  const rows = await trx.selectFrom('nic').select('device').where('router', '=', router).execute()
  const taken = new Set(rows.map((row) => row.device))
  let device = 0
  while (taken.has(device)) device++
  await trx
    .insertInto('nic')
    .values({ router, device, mac: randomMac(), ...values })
    .execute()
}

/** The router's row with its control address, host key and control nic. */
export const insertRouter = async (
  trx: Transaction<Database>,
  world: World,
  zone: string,
  { kind, id: served }: Scope,
): Promise<string> => {
  const id = randomUUID()
  const key = generateSshKey()
  const linklocal = await chooseLinkLocal(trx, zone)
  await trx
    .insertInto('router')
    .values({
      id,
      zone,
      [kind]: served,
      linklocal,
      host_key_private: seal(world.keys.sealKey, `router/${id}`, key.privateKey),
      host_key_public: key.publicKey,
    })
    .execute()
  await addRouterNic(trx, id, { role: 'control', address: linklocal, netmask: '255.255.0.0' })
  return id
}

/** The nic on the public side, with the source NAT address that the scope has or gets. */
export const addPublicNic = async (trx: Transaction<Database>, router: string, scope: Scope): Promise<void> => {
  const id = await allocateSourceNat(trx, scope)
  const ip = await trx
    .selectFrom('public_ip')
    .innerJoin('vlan_range', 'vlan_range.id', 'public_ip.range')
    .select(['public_ip.address', 'vlan_range.gateway', 'vlan_range.netmask'])
    .where('public_ip.id', '=', id)
    .executeTakeFirstOrThrow()
  await addRouterNic(trx, router, { role: 'public', public_ip: id, ...ip })
}

/** Has the router go, machine and all; its scope's reconciler is woken when it has. */
export const removeRouter = async (world: World, routerId: string): Promise<void> => {
  await world.db.transaction().execute(async (trx) => {
    await trx.updateTable('router').set({ desired: 'Destroyed' }).where('id', '=', routerId).execute()
    await endBackoff(trx, { kind: 'router', id: routerId })
    await world.jobs.wake(trx, 'router', routerId)
  })
}
