import { type Kysely, sql } from 'kysely'
import { type Database, migrationNames, openDatabase } from '../model/database.ts'
import { openCluster } from '../model/index.ts'

/** Where a manager keeps what it knows. */
export interface Place {
  /** Its own folder, with `keys/` and the private PostgreSQL. */
  readonly folder: string
  /** The operator's PostgreSQL instead of the private one. */
  readonly databaseUrl?: string | undefined
}

/** Uses the manager's database; the private PostgreSQL runs for as long as it is used, and longer if it ran before. */
export const withDatabase = async <T>(
  { folder, databaseUrl }: Place,
  use: (url: string, db: Kysely<Database>) => Promise<T>,
): Promise<T> => {
  const cluster = databaseUrl === undefined ? await openCluster(folder) : undefined
  const url = databaseUrl ?? cluster?.url ?? ''
  const db = openDatabase(url, { connections: 1 })
  try {
    return await use(url, db)
  } finally {
    await db.destroy()
    if (cluster?.adopted === false) await cluster.stop()
  }
}

const has = async (db: Kysely<Database>, table: string): Promise<boolean> => {
  const { rows } = await sql<{ there: boolean }>`select to_regclass(${table}) is not null as there`.execute(db)
  return rows[0]?.there === true
}

/** Whether there is a cloud in the database. */
export const isTaken = (db: Kysely<Database>): Promise<boolean> => has(db, 'public.zone')

/** Managers that renewed their lease within the last ten seconds, by name and address. */
export const liveManagers = async (db: Kysely<Database>): Promise<readonly string[]> => {
  if (!(await has(db, 'public.manager'))) return []
  const { rows } = await sql<{ name: string; address: string }>`
    select name, address from manager
    where state = 'Up' and heartbeat > now() - interval '10 seconds'`.execute(db)
  return rows.map(({ name, address }) => `${name} (${address || 'not answering yet'})`)
}

/** Names of the migrations that the database has had. */
export const migrationsOf = async (db: Kysely<Database>): Promise<readonly string[]> => {
  if (!(await has(db, 'public.kysely_migration'))) return []
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db)
  return rows.map(({ name }) => name)
}

/** Those that this release does not know. */
export const unknownMigrations = (names: readonly string[]): readonly string[] =>
  names.filter((name) => !migrationNames.includes(name))
