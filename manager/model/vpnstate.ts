import { type Kysely, sql } from 'kysely'
import type { TunnelState } from './schema/vpn.ts'
import type { Database } from './schema.ts'

/** What a router tells of one tunnel. */
export interface ToldTunnel {
  readonly id: string
  readonly state: TunnelState
  readonly reason?: string | undefined
}

/** Routers with tunnels. */
export const vpnRouters = async (db: Kysely<Database>): Promise<readonly string[]> => {
  const { rows } = await sql<{ id: string }>`
    select router.id from vpn_gateway
    join router on router.vpc = vpn_gateway.vpc
    where exists (select from vpn_connection where vpn_connection.vpn_gateway = vpn_gateway.id)`.execute(db)
  return rows.map(({ id }) => id)
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

/** Whether nothing is heard of a router. */
export const saveSilent = async (db: Kysely<Database>, router: string, silent: boolean): Promise<void> => {
  await sql`update router set silent_since = ${silent ? sql`now()` : sql`null`}
    where id = ${router} and (silent_since is null) = ${silent}`.execute(db)
}

/**
 * Nothing is heard of any router of a VPC, each of which may have its tunnels: nobody knows of those that this revision had,
 * so none is said to be up.
 */
export const saveSilence = async (
  db: Kysely<Database>,
  { vpc, revision }: { readonly vpc: string; readonly revision: number },
  reason: string,
): Promise<void> => {
  await sql`
    update vpn_connection set state = 'Disconnected', reason = ${reason.slice(0, 1000)}
    from vpn_gateway where vpn_gateway.id = vpn_connection.vpn_gateway
      and vpn_gateway.vpc = ${vpc} and vpn_connection.revision <= ${revision}
      and vpn_connection.state in ('Connected', 'Connecting')
      and not exists (select from router where router.vpc = ${vpc} and router.silent_since is null)`.execute(db)
}
