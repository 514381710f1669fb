import { type Kysely, sql } from 'kysely'
import type { Database } from './schema.ts'

/** Tables whose rows clients name by id. */
export type Named = Extract<
  keyof Database,
  | 'zone'
  | 'physical_network'
  | 'network_service_provider'
  | 'pod'
  | 'cluster'
  | 'host'
  | 'vlan_range'
  | 'public_ip'
  | 'service_offering'
  | 'network_offering'
  | 'template'
  | 'network'
  | 'router'
  | 'guest'
  | 'vpc'
  | 'vpc_offering'
  | 'private_gateway'
  | 'static_route'
  | 'network_acl_list'
  | 'ip_rule'
  | 'port_forwarding'
  | 'network_acl'
  | 'firewall_rule'
  | 'load_balancer_rule'
  | 'ssl_cert'
  | 'user_data'
  | 'ssh_keypair'
  | 'ipv6_prefix'
  | 'asn_range'
  | 'bgp_peer'
  | 'guest_subnet'
  | 'zone_subnet'
>

/** Those of the ids that no row has, in their order. */
export const missingIds = async (db: Kysely<Database>, table: Named, ids: readonly string[]): Promise<string[]> => {
  const { rows } = await sql<{ id: string }>`
    select id::text from ${sql.table(table)} where id = any(${[...ids]}::uuid[])`.execute(db)
  const present = new Set(rows.map(({ id }) => id))
  return ids.filter((id) => !present.has(id))
}
