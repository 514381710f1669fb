import { randomUUID } from 'node:crypto'
import { type Insertable, sql, type Transaction } from 'kysely'
import { endBackoff } from '../../jobs/backoff.ts'
import type { Database } from '../../model/database.ts'
import type { NicTable } from '../../model/schema.ts'
import { allocateSourceNat, chooseLinkLocal, randomMac } from '../../placement/index.ts'
import { generateSshKey, seal } from '../keys/index.ts'
import type { World } from '../world.ts'
import type { Rank, Scope } from './scope.ts'

interface Placed {
  readonly device: number
  readonly own: boolean
  readonly same: boolean
}

/** Devices of the router and of the one beside it, and which of these is for the same side as `values`. */
const placedNics = async (
  trx: Transaction<Database>,
  router: string,
  { role, network = null, public_ip = null, private_gateway = null }: Omit<NewNic, 'device'>,
): Promise<readonly Placed[]> => {
  const { rows } = await sql<Placed>`
    select nic.device, nic.router = self.id as own,
           nic.role = ${role} and nic.network is not distinct from ${network}::uuid
             and nic.public_ip is not distinct from ${public_ip}::uuid
             and nic.private_gateway is not distinct from ${private_gateway}::uuid as same
    from router self
    join router beside on beside.id = self.id or beside.network = self.network or beside.vpc = self.vpc
    join nic on nic.router = beside.id
    where self.id = ${router}`.execute(trx)
  return rows
}

/** Two routers of one scope have the same device on the same side, so that one document is for both. */
const chooseDevice = (placed: readonly Placed[]): number => {
  const own = new Set(placed.filter((nic) => nic.own).map(({ device }) => device))
  const twin = placed.find((nic) => !nic.own && nic.same)?.device
  if (twin !== undefined && !own.has(twin)) return twin
  const taken = new Set(placed.map(({ device }) => device))
  let device = 0
  while (taken.has(device)) device++
  return device
}

type NewNic = Omit<Insertable<NicTable>, 'router' | 'mac'>

/** A nic of the router on its next free device. The caller holds the router's row, or made it. */
export const addRouterNic = async (
  trx: Transaction<Database>,
  router: string,
  values: Omit<NewNic, 'device'>,
): Promise<void> => {
  const device = chooseDevice(await placedNics(trx, router, values))
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
  rank: Rank = 'first',
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
      rank,
      linklocal,
      host_key_private: seal(world.keys.sealKey, `router/${id}`, key.privateKey),
      host_key_public: key.publicKey,
    })
    .execute()
  await addRouterNic(trx, id, { role: 'control', address: linklocal, netmask: '255.255.0.0' })
  return id
}

/** A router that another one is to take the place of, of this image; null: of the newest. */
export interface Renewed {
  readonly id: string
  readonly image: string | null
}

/** Of which image the new one is; how often the other one was made anew, since what that did not mend lies elsewhere. */
export const inherit = async (trx: Transaction<Database>, router: string, { id, image }: Renewed): Promise<void> => {
  await sql`update router set image = ${image}, next_firmware = old.next_firmware,
      ill_remakes = old.ill_remakes, ill_remade = old.ill_remade
    from router old where router.id = ${router} and old.id = ${id}`.execute(trx)
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
