import { sql, type Transaction } from 'kysely'
import type { Database } from '../model/database.ts'
import { exhausted } from './number.ts'

/** Who takes public addresses: an isolated network or a VPC. */
export interface AddressOwner {
  readonly kind: 'network' | 'vpc'
  readonly id: string
}

/** A network of the site with public addresses: a router has a nic on each that it has addresses of. */
interface Side {
  readonly physical_network: string
  readonly vlan: string
}

/** A free address, its row locked; takers never wait for each other. */
const chooseFree = (trx: Transaction<Database>, zone: string, side?: Side) => {
  let query = trx
    .selectFrom('public_ip')
    .innerJoin('vlan_range', 'vlan_range.id', 'public_ip.range')
    .select('public_ip.id')
    .where('vlan_range.zone', '=', zone)
    .where('public_ip.network', 'is', null)
    .where('public_ip.vpc', 'is', null)
    .where('public_ip.reserved', '=', false)
    .orderBy('public_ip.address')
    .limit(1)
    .forUpdate('public_ip')
    .skipLocked()
  if (side !== undefined)
    query = query
      .where('vlan_range.physical_network', '=', side.physical_network)
      .where('vlan_range.vlan', '=', side.vlan)
  return query.executeTakeFirst()
}

/** A free address of the zone, its row locked; on this side of it if one is left. Rejects with SYSVM_CAPACITY. */
export const chooseFreePublicIp = async (
  trx: Transaction<Database>,
  zone: { readonly id: string; readonly name: string },
  side?: Side,
): Promise<string> => {
  const near = side && (await chooseFree(trx, zone.id, side))
  const free = near ?? (await chooseFree(trx, zone.id))
  if (free) return free.id
  throw exhausted(`The zone ${zone.name} has no public address left: add a public IP range or delete a network.`, {
    zone: zone.id,
  })
}

const zoneOf = (trx: Transaction<Database>, { kind, id }: AddressOwner) =>
  trx
    .selectFrom('zone')
    .select(['id', 'name'])
    .where('id', '=', sql<string>`(select zone from ${sql.table(kind)} where id = ${id})`)
    .executeTakeFirstOrThrow()

/** An address belongs to whom its network or VPC belongs to. */
const accountOf = ({ kind, id }: AddressOwner) => sql<string>`(select account from ${sql.table(kind)} where id = ${id})`
const nobodys = { account: null } as const

/** The owner's source NAT address: the one it has, or a free one of its zone. */
export const allocateSourceNat = async (trx: Transaction<Database>, { kind, id }: AddressOwner): Promise<string> => {
  const held = await trx
    .selectFrom('public_ip')
    .select('id')
    .where(kind, '=', id)
    .where('is_source_nat', '=', true)
    .executeTakeFirst()
  if (held) return held.id
  const free = await chooseFreePublicIp(trx, await zoneOf(trx, { kind, id }))
  await trx
    .updateTable('public_ip')
    .set({ [kind]: id, is_source_nat: true, allocated: sql`now()`, account: accountOf({ kind, id }) })
    .where('id', '=', free)
    .execute()
  return free
}

/** One more address for the owner, a free one of its zone, beside those it has if it can be. Rejects with SYSVM_CAPACITY. */
export const allocatePublicIp = async (trx: Transaction<Database>, { kind, id }: AddressOwner): Promise<string> => {
  const side = await trx
    .selectFrom('public_ip')
    .innerJoin('vlan_range', 'vlan_range.id', 'public_ip.range')
    .select(['vlan_range.physical_network', 'vlan_range.vlan'])
    .where(`public_ip.${kind}`, '=', id)
    .orderBy('public_ip.is_source_nat', 'desc')
    .limit(1)
    .executeTakeFirst()
  const free = await chooseFreePublicIp(trx, await zoneOf(trx, { kind, id }), side)
  await trx
    .updateTable('public_ip')
    .set({ [kind]: id, allocated: sql`now()`, account: accountOf({ kind, id }) })
    .where('id', '=', free)
    .execute()
  return free
}

/** Gives back all addresses of a network or VPC with their rules; its router's nics must be gone. */
export const releasePublicIps = async (trx: Transaction<Database>, { kind, id }: AddressOwner): Promise<void> => {
  await sql`select from public_ip where ${sql.ref(kind)} = ${id} order by id for update`.execute(trx)
  const owned = trx
    .selectFrom('public_ip')
    .select('id')
    .where(kind, '=', id)
    .where('vpc', kind === 'vpc' ? 'is not' : 'is', null)
  await trx.deleteFrom('ip_rule').where('public_ip', 'in', owned).execute()
  const none = { static_nat_nic: null, static_nat_address: null }
  await trx
    .updateTable('public_ip')
    .set({
      network: null,
      vpc: null,
      is_source_nat: false,
      allocated: null,
      release_revision: null,
      ...nobodys,
      ...none,
    })
    .where('id', 'in', owned)
    .execute()
  if (kind === 'vpc') return
  // Of a tier: its VPC keeps the addresses that led to it.
  await trx.deleteFrom('ip_rule').where('network', '=', id).execute()
  await trx
    .updateTable('public_ip')
    .set({ network: null, ...none })
    .where('network', '=', id)
    .execute()
}
