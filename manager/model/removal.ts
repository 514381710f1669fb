import { type Kysely, type Selectable, sql } from 'kysely'
import { lockAccounts, within } from './account.ts'
import type { RemovalTable } from './schema/entry.ts'
import type { Database } from './schema.ts'

export type Removal = Selectable<RemovalTable>

export const findRemoval = (db: Kysely<Database>, id: string): Promise<Removal | undefined> =>
  db.selectFrom('removal').selectAll().where('id', '=', id).executeTakeFirst()

/** Shuts the accounts and has them removed with all they have; those that are being removed already go on. */
export const removeAccounts = async (trx: Kysely<Database>, ids: readonly string[]): Promise<void> => {
  const named = sql`any(${[...ids]}::uuid[])`
  await lockAccounts(trx, ids)
  await sql`update account set state = 'disabled' where id = ${named}`.execute(trx)
  await sql`delete from session using cloud_user
    where session.cloud_user = cloud_user.id and cloud_user.account = ${named}`.execute(trx)
  await sql`insert into removal (id, kind) select id, 'account' from account where id = ${named}
    on conflict (id) do update set revision = removal.revision + 1`.execute(trx)
}

/** Has a domain removed with all beneath it: nothing new comes into it from now on. Returns the accounts in it. */
export const removeDomain = async (trx: Kysely<Database>, id: string, path: string): Promise<string[]> => {
  await sql`update domain set state = 'Inactive' where ${within(path, true)}`.execute(trx)
  await sql`insert into removal (id, kind) values (${id}, 'domain')
    on conflict (id) do update set revision = removal.revision + 1`.execute(trx)
  const accounts = await accountsBeneath(trx, path)
  await removeAccounts(trx, accounts)
  return accounts
}

export const accountsBeneath = async (db: Kysely<Database>, path: string): Promise<string[]> => {
  const { rows } = await sql<{ id: string }>`select account.id from account
    join domain on domain.id = account.domain where ${within(path, true)} order by account.id`.execute(db)
  return rows.map(({ id }) => id)
}

interface Held {
  readonly guests: number
  readonly networks: number
  readonly vpcs: number
  readonly addresses: number
}

/** What an account has in the world. */
export const heldBy = async (db: Kysely<Database>, account: string): Promise<Held> => {
  const { rows } = await sql<Held>`select
    (select count(*)::int from guest where account = ${account}) as guests,
    (select count(*)::int from network where account = ${account}) as networks,
    (select count(*)::int from vpc where account = ${account}) as vpcs,
    (select count(*)::int from public_ip where account = ${account}) as addresses`.execute(db)
  return rows[0] ?? { guests: 0, networks: 0, vpcs: 0, addresses: 0 }
}

/** Why an account cannot be removed; undefined: it can. The projects that it manages are held: two must not both leave one. */
export const obstacleOf = async (db: Kysely<Database>, account: string): Promise<string | undefined> => {
  await sql`select from project where id in (
    select project from project_account where account = ${account} and role = 'Admin') order by id for update`.execute(
    db,
  )
  const { rows } = await sql<{ why: string }>`
    select 'it alone manages project ' || project.name || ': add another account as Admin, or delete the project' as why
      from project_account mine join project on project.id = mine.project
      where mine.account = ${account} and mine.role = 'Admin' and not exists (
        select from project_account other
        where other.project = mine.project and other.role = 'Admin' and other.account <> mine.account
          and not exists (select from removal where removal.id = other.account))
    union all
    select 'its guest ' || name || ' is protected against deletion: end that first'
      from guest where account = ${account} and protected
    union all
    select 'guest ' || guest.name || ' of another account is on its network ' || network.name || ': destroy it first'
      from nic join guest on guest.id = nic.guest join network on network.id = nic.network
      where network.account = ${account} and guest.account <> ${account}
    limit 1`.execute(db)
  return rows[0]?.why
}

interface Reference {
  readonly table: string
  readonly column: string
}

/**
 * Of the world: they go by their own reconcilers, a range of addresses becomes everyone's, a BGP peer nobody's. What hangs on the account
 * itself goes with its row.
 */
const NOT_ROWS = [
  'vlan_range',
  'bgp_peer',
  'guest',
  'network',
  'vpc',
  'public_ip',
  'cloud_user',
  'project',
  'project_account',
  'account',
  'domain',
]

/** Every column that names a row of the table, as the schema says: no feature's rows are forgotten. */
const referencesTo = async (db: Kysely<Database>, table: 'account' | 'domain'): Promise<Reference[]> => {
  const { rows } = await sql<Reference>`
    select held.relname as table, attribute.attname as column from pg_constraint foreign_key
    join pg_class held on held.oid = foreign_key.conrelid
    join pg_attribute attribute on attribute.attrelid = held.oid and attribute.attnum = foreign_key.conkey[1]
    where foreign_key.contype = 'f' and foreign_key.confrelid = ${table}::regclass
      and held.relname <> all(${NOT_ROWS}::text[])
    order by held.relname`.execute(db)
  return rows
}

const FOREIGN_KEY = '23503'
const isHeld = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === FOREIGN_KEY

/** Deletes the rows that name it. What another of them still needs comes after that one. */
export const deleteRowsOf = async (db: Kysely<Database>, table: 'account' | 'domain', id: string): Promise<void> => {
  let left = await referencesTo(db, table)
  for (;;) {
    const held: Reference[] = []
    let cause: unknown
    for (const reference of left)
      try {
        await sql`delete from ${sql.table(reference.table)} where ${sql.ref(reference.column)} = ${id}`.execute(db)
      } catch (error) {
        if (!isHeld(error)) throw error
        cause = error
        held.push(reference)
      }
    if (held.length === 0) return
    if (held.length === left.length) throw cause
    left = held
  }
}

/** The account with its users and its project; the removal is over. */
export const deleteAccountRow = async (trx: Kysely<Database>, id: string): Promise<void> => {
  await trx.deleteFrom('project').where('account', '=', id).execute()
  await trx.deleteFrom('account').where('id', '=', id).execute()
  await trx.deleteFrom('removal').where('id', '=', id).execute()
}

/** The domain and all beneath it, the deepest first; the removal is over. */
export const deleteDomainRows = async (db: Kysely<Database>, id: string): Promise<void> => {
  const { rows } = await sql<{ id: string }>`select below.id from domain above
    join domain below on below.path = above.path or starts_with(below.path, above.path || '/')
    where above.id = ${id} order by length(below.path) desc, below.path desc`.execute(db)
  for (const row of rows) {
    await deleteRowsOf(db, 'domain', row.id)
    await db.deleteFrom('domain').where('id', '=', row.id).execute()
    await db.deleteFrom('removal').where('id', '=', row.id).execute()
  }
  await db.deleteFrom('removal').where('id', '=', id).execute()
}
