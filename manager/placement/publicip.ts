import { sql, type Transaction } from 'kysely'
import type { Database } from '../model/database.ts'
import { isDedicatedTo, isDedicatedToNobody } from '../model/dedication.ts'
import { isRangeOpenTo } from '../model/vlanrange.ts'
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

interface Wanted {
  readonly zone: string
  /** Who is to have it. */
  readonly account: string
}

/** Whether the address is of a range of the account's own, or of its domain's; else only ranges of nobody are meant. */
const ofRange = ({ account }: Wanted, own: boolean) =>
  own ? isDedicatedTo('vlan_range', account) : isDedicatedToNobody('vlan_range')

const chooseFree = (trx: Transaction<Database>, wanted: Wanted, own: boolean, side?: Side) => {
  let query = trx
    .selectFrom('public_ip')
    .innerJoin('vlan_range', 'vlan_range.id', 'public_ip.range')
    .select(['public_ip.id', 'public_ip.range'])
    .where('vlan_range.zone', '=', wanted.zone)
    .where(ofRange(wanted, own))
    .where('public_ip.allocated', 'is', null)
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

const hasRanges = async (trx: Transaction<Database>, wanted: Wanted): Promise<boolean> => {
  const query = trx.selectFrom('vlan_range').select('id').where('zone', '=', wanted.zone).where(ofRange(wanted, true))
  return (await query.limit(1).executeTakeFirst()) !== undefined
}

/**
 * A free address of the zone, its row locked: of the account's own ranges as long as one is left there, then of those
 * that are everyone's; on this side of the zone if one is left. Rejects with SYSVM_CAPACITY.
 */
const chooseFreePublicIp = async (trx: Transaction<Database>, wanted: Wanted, side?: Side): Promise<string> => {
  for (const own of (await hasRanges(trx, wanted)) ? [true, false] : [false]) {
    const near = side && (await chooseFree(trx, wanted, own, side))
    const free = near ?? (await chooseFree(trx, wanted, own))
    if (free === undefined) continue
    // Others were given the range since it was read.
    return (await isRangeOpenTo(trx, free.range, wanted.account)) ? free.id : chooseFreePublicIp(trx, wanted, side)
  }
  const { name } = await trx.selectFrom('zone').select('name').where('id', '=', wanted.zone).executeTakeFirstOrThrow()
  throw exhausted(`The zone ${name} has no public address left: add a public IP range or delete a network.`, {
    zone: wanted.zone,
  })
}

const wantedBy = (trx: Transaction<Database>, { kind, id }: AddressOwner): Promise<Wanted> =>
  trx.selectFrom(kind).select(['zone', 'account']).where('id', '=', id).executeTakeFirstOrThrow()

/** An address belongs to whom its network or VPC belongs to. */
const take = async (
  trx: Transaction<Database>,
  address: string,
  account: string,
  values: { readonly [of in AddressOwner['kind']]?: string } & { readonly is_source_nat?: true } = {},
): Promise<string> => {
  await trx
    .updateTable('public_ip')
    .set({ ...values, account, allocated: sql`now()` })
    .where('id', '=', address)
    .execute()
  return address
}

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
  const wanted = await wantedBy(trx, { kind, id })
  const free = await chooseFreePublicIp(trx, wanted)
  return take(trx, free, wanted.account, { [kind]: id, is_source_nat: true })
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
  const wanted = await wantedBy(trx, { kind, id })
  const free = await chooseFreePublicIp(trx, wanted, side)
  return take(trx, free, wanted.account, { [kind]: id })
}

/** An address of the zone for an account, which no network has yet. Rejects with SYSVM_CAPACITY. */
export const allocateUnbound = async (trx: Transaction<Database>, zone: string, account: string): Promise<string> =>
  take(trx, await chooseFreePublicIp(trx, { zone, account }), account)

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
