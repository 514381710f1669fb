import { sql, type Transaction } from 'kysely'
import type { Database } from '../model/database.ts'
import { exhausted } from './number.ts'

/** The network's source NAT address: the one it has, or a free one of its zone. Takers never wait for each other. */
export const allocateSourceNat = async (trx: Transaction<Database>, networkId: string): Promise<string> => {
  const held = await trx
    .selectFrom('public_ip')
    .select('id')
    .where('network', '=', networkId)
    .where('is_source_nat', '=', true)
    .executeTakeFirst()
  if (held) return held.id
  const network = await trx
    .selectFrom('network')
    .innerJoin('zone', 'zone.id', 'network.zone')
    .select(['zone.id as zone', 'zone.name'])
    .where('network.id', '=', networkId)
    .executeTakeFirstOrThrow()
  const free = await trx
    .selectFrom('public_ip')
    .innerJoin('vlan_range', 'vlan_range.id', 'public_ip.range')
    .select('public_ip.id')
    .where('vlan_range.zone', '=', network.zone)
    .where('public_ip.network', 'is', null)
    .orderBy('public_ip.address')
    .limit(1)
    .forUpdate('public_ip')
    .skipLocked()
    .executeTakeFirst()
  if (free === undefined)
    throw exhausted(`The zone ${network.name} has no public address left: add a public IP range or delete a network.`, {
      zone: network.zone,
    })
  await trx
    .updateTable('public_ip')
    .set({ network: networkId, is_source_nat: true, allocated: sql`now()` })
    .where('id', '=', free.id)
    .execute()
  return free.id
}

/** Gives back all addresses of a network; its router's nics must be gone. */
export const releasePublicIps = async (trx: Transaction<Database>, networkId: string): Promise<void> => {
  await trx
    .updateTable('public_ip')
    .set({ network: null, is_source_nat: false, allocated: null })
    .where('network', '=', networkId)
    .execute()
}
