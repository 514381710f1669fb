import { type Kysely, sql } from 'kysely'
import type { Database } from './schema.ts'

interface Use {
  /** CloudStack's name of it. */
  readonly service: string
  /** Of a rule, or of the address that stands for a guest. */
  readonly id: string
}

/** One thing of each service that a network's rules are about, so that it cannot do without. */
export const usesOfNetwork = async (db: Kysely<Database>, network: string): Promise<Use[]> => {
  const { rows } = await sql<Use>`
    select distinct on (service) service, id from (
      select case purpose when 'LoadBalancing' then 'Lb' else purpose end as service, id
        from ip_rule where network = ${network}
      union all
      select 'Lb', id from load_balancer_rule where network = ${network} or source_network = ${network}
      union all
      select 'StaticNat', public_ip.id from nic join public_ip on public_ip.static_nat_nic = nic.id
        where nic.network = ${network}
      union all
      select 'Firewall', id from firewall_rule where network = ${network}) used
    order by service, id`.execute(db)
  return rows
}

/** A rule about what the network's guests send; what the offering does otherwise turns round what it means. */
export const egressRuleOf = async (db: Kysely<Database>, network: string): Promise<string | undefined> =>
  (
    await db
      .selectFrom('firewall_rule')
      .select('id')
      .where('network', '=', network)
      .where('traffictype', '=', 'Egress')
      .limit(1)
      .executeTakeFirst()
  )?.id
