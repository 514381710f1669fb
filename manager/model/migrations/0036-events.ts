import { type Kysely, sql } from 'kysely'

/** Routers tell of their tunnels by themselves. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await sql.raw('drop table router_vpn_read').execute(db)
}
