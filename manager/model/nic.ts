import { type Insertable, type Kysely, type Selectable, sql } from 'kysely'
import type { Database, NicTable } from './schema.ts'

export type Nic = Selectable<NicTable> & {
  readonly networkname: string | null
  readonly vni: number | null
  readonly cidr: string | null
  /** The network's, for guests; the range's, on the public side. */
  readonly gatewayaddress: string | null
  readonly publicaddress: string | null
  readonly publicnetmask: string | null
}

const nics = (db: Kysely<Database>) =>
  db
    .selectFrom('nic')
    .leftJoin('network', 'network.id', 'nic.network')
    .leftJoin('public_ip', 'public_ip.id', 'nic.public_ip')
    .leftJoin('vlan_range', 'vlan_range.id', 'public_ip.range')
    .selectAll('nic')
    .select([
      'network.name as networkname',
      'network.vni',
      'network.cidr',
      sql<string | null>`coalesce(network.gateway, vlan_range.gateway)`.as('gatewayaddress'),
      'public_ip.address as publicaddress',
      'vlan_range.netmask as publicnetmask',
    ])
    .orderBy('nic.device')

export const findNics = async (
  db: Kysely<Database>,
  of: { readonly guests: readonly string[] } | { readonly routers: readonly string[] },
): Promise<Nic[]> => {
  const [column, ids] = 'guests' in of ? (['nic.guest', of.guests] as const) : (['nic.router', of.routers] as const)
  return ids.length === 0
    ? []
    : nics(db)
        .where(column, 'in', [...ids])
        .execute()
}

export const insertNic = async (trx: Kysely<Database>, values: Insertable<NicTable>): Promise<void> => {
  await trx.insertInto('nic').values(values).execute()
}
