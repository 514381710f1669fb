import { type Kysely, sql } from 'kysely'
import type { Database } from './schema.ts'

/** Who has an address: an isolated network or a VPC. */
interface Owner {
  readonly kind: 'network' | 'vpc'
  readonly id: string
}

const unowned = { network: null, vpc: null, allocated: null, release_revision: null, account: null } as const

/** The routers' nics that have this address as their own take another one of the same side, or leave. */
const moveNics = async (trx: Kysely<Database>, publicIp: string, { kind, id }: Owner): Promise<void> => {
  const nic = await trx
    .selectFrom('nic')
    .innerJoin('public_ip', 'public_ip.id', 'nic.public_ip')
    .innerJoin('vlan_range', 'vlan_range.id', 'public_ip.range')
    .select(['vlan_range.physical_network', 'vlan_range.vlan'])
    .where('nic.public_ip', '=', publicIp)
    .limit(1)
    .executeTakeFirst()
  if (nic === undefined) return
  const other = await trx
    .selectFrom('public_ip')
    .innerJoin('vlan_range', 'vlan_range.id', 'public_ip.range')
    .select(['public_ip.id as public_ip', 'public_ip.address', 'vlan_range.gateway', 'vlan_range.netmask'])
    .where(`public_ip.${kind}`, '=', id)
    .where('public_ip.id', '<>', publicIp)
    .where('release_revision', 'is', null)
    .where('vlan_range.physical_network', '=', nic.physical_network)
    .where('vlan_range.vlan', '=', nic.vlan)
    .orderBy('public_ip.address')
    .limit(1)
    .executeTakeFirst()
  await trx
    .updateTable('nic')
    .set(other ?? { leaving: true })
    .where('public_ip', '=', publicIp)
    .execute()
}

/** The router's nic that has the first address as its own has the second one, where both are of the same side. */
export const moveSourceNatNic = async (trx: Kysely<Database>, from: string, to: string): Promise<void> => {
  await sql`update nic set public_ip = next.id, address = next.address, gateway = side.gateway, netmask = side.netmask
    from public_ip old, vlan_range was, public_ip next, vlan_range side
    where nic.public_ip = old.id and old.id = ${from} and was.id = old.range
      and next.id = ${to} and side.id = next.range
      and side.physical_network = was.physical_network and side.vlan = was.vlan`.execute(trx)
}

/**
 * Takes all rules from an address whose row the caller holds, and gives it up: free at once where no router has it,
 * else as soon as the router holds this revision.
 */
export const releaseAddress = async (
  trx: Kysely<Database>,
  publicIp: string,
  owner: Owner,
  revision: number,
): Promise<void> => {
  await trx.deleteFrom('ip_rule').where('public_ip', '=', publicIp).execute()
  // One that is on its way out is waited for: it frees what was given up before it went, and nothing later.
  const router = await trx
    .selectFrom('router')
    .select('id')
    .where(owner.kind, '=', owner.id)
    .orderBy('id')
    .forKeyShare()
    .executeTakeFirst()
  if (router !== undefined) await moveNics(trx, publicIp, owner)
  await trx
    .updateTable('public_ip')
    .set({
      static_nat_nic: null,
      static_nat_address: null,
      ...(router === undefined ? unowned : { release_revision: revision }),
    })
    .where('id', '=', publicIp)
    .execute()
}

/**
 * Addresses that were given up and that no router has any more; `held` null: the one that had them is gone. Of two
 * routers the other one may answer for them yet.
 */
export const freeReleased = async (trx: Kysely<Database>, { kind, id }: Owner, held: number | null): Promise<void> => {
  let query = trx
    .updateTable('public_ip')
    .set(unowned)
    .where(kind, '=', id)
    .where('release_revision', 'is not', null)
    .where(sql<boolean>`not exists (select from nic where nic.public_ip = public_ip.id)`)
    .where(
      sql<boolean>`not exists (select from router where ${sql.ref(`router.${kind}`)} = ${id} and router.revision > 0
        and router.revision < public_ip.release_revision)`,
    )
  // A tier's id is on its VPC's addresses too, whose revisions are others.
  if (kind === 'network') query = query.where('vpc', 'is', null)
  if (held !== null) query = query.where('release_revision', '<=', held)
  await query.execute()
}
