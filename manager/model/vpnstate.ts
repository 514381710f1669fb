import { type Kysely, sql } from 'kysely'
import type { TunnelState } from './schema/vpn.ts'
import type { Database } from './schema.ts'

/** What a router tells of one tunnel. */
export interface ToldTunnel {
  readonly id: string
  readonly state: TunnelState
  readonly reason?: string | undefined
}

/** Routers with tunnels that were not read for so many seconds. */
export const dueVpnRouters = async (db: Kysely<Database>, seconds: number): Promise<readonly string[]> => {
  const { rows } = await sql<{ id: string }>`
    select router.id from vpn_gateway
    join router on router.vpc = vpn_gateway.vpc
    left join router_vpn_read read on read.router = router.id
    where router.state = 'Running' and router.desired = 'Running' and router.revision > 0
      and exists (select from vpn_connection where vpn_connection.vpn_gateway = vpn_gateway.id)
      and (read.at is null or read.at < now() - make_interval(secs => ${seconds}))
    order by read.at nulls first`.execute(db)
  return rows.map(({ id }) => id)
}

/** It was asked now, whether it answered or not. */
export const noteVpnRead = async (db: Kysely<Database>, router: string): Promise<void> => {
  await sql`insert into router_vpn_read (router, at) select id, now() from router where id = ${router}
    on conflict (router) do update set at = excluded.at`.execute(db)
}

/** Whether a VPC has connections of this revision or before that are not among these. */
export const hasUntold = async (
  db: Kysely<Database>,
  { vpc, revision }: { readonly vpc: string; readonly revision: number },
  told: readonly ToldTunnel[],
): Promise<boolean> => {
  const { rows } = await sql`
    select from vpn_connection own join vpn_gateway on vpn_gateway.id = own.vpn_gateway
    where vpn_gateway.vpc = ${vpc} and own.revision <= ${revision}
      and not own.id = any(${told.map(({ id }) => id)}::uuid[]) limit 1`.execute(db)
  return rows.length > 0
}

/**
 * Writes down what a router told that held this revision of its VPC when it was asked. What it does not speak of stays as
 * it was: a router that has only just begun knows of nothing yet.
 */
export const saveTunnels = async (
  db: Kysely<Database>,
  { vpc, revision }: { readonly vpc: string; readonly revision: number },
  told: readonly ToldTunnel[],
): Promise<void> => {
  const rows = told.map(({ id, state, reason }) => ({ id, state, reason: reason?.slice(0, 1000) ?? null }))
  await sql`
    update vpn_connection set state = told.state, reason = told.reason
    from vpn_gateway, jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as told (id uuid, state text, reason text)
    where told.id = vpn_connection.id and vpn_gateway.id = vpn_connection.vpn_gateway
      and vpn_gateway.vpc = ${vpc} and vpn_connection.revision <= ${revision}
      and (vpn_connection.state, coalesce(vpn_connection.reason, ''))
        is distinct from (told.state, coalesce(told.reason, ''))`.execute(db)
}
