import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely'
import type { AccountTable } from './schema/identity.ts'
import type { Database } from './schema.ts'

export interface Account extends Selectable<AccountTable> {
  readonly domainname: string
  readonly domainpath: string
  /** Of a project's account. */
  readonly project: string | null
  readonly projectname: string | null
}

/** What answers say of an owner. */
export type AccountName = Pick<
  Account,
  'id' | 'name' | 'domain' | 'domainname' | 'domainpath' | 'project' | 'projectname'
>

const accountNames = (db: Kysely<Database>) =>
  db
    .selectFrom('account')
    .innerJoin('domain', 'domain.id', 'account.domain')
    .leftJoin('project', 'project.account', 'account.id')
    .select([
      'account.id',
      'account.name',
      'account.domain',
      'domain.name as domainname',
      'domain.path as domainpath',
      'project.id as project',
      'project.name as projectname',
    ])

const accounts = (db: Kysely<Database>) => accountNames(db).selectAll('account')

export const findAccount = (db: Kysely<Database>, id: string): Promise<Account | undefined> =>
  accounts(db).where('account.id', '=', id).executeTakeFirst()

export const accountNamed = (db: Kysely<Database>, domain: string, name: string): Promise<Account | undefined> =>
  accounts(db).where('account.domain', '=', domain).where('account.name', '=', name).executeTakeFirst()

export const accountOfProject = (db: Kysely<Database>, project: string): Promise<Account | undefined> =>
  accounts(db).where('project.id', '=', project).executeTakeFirst()

export const findAccountsById = (db: Kysely<Database>, ids: readonly string[]): Promise<Account[]> =>
  ids.length === 0
    ? Promise.resolve([])
    : accounts(db)
        .where('account.id', '=', sql<string>`any(${[...ids]}::uuid[])`)
        .execute()

export const findAccountNames = (db: Kysely<Database>, ids: readonly string[]): Promise<AccountName[]> =>
  ids.length === 0
    ? Promise.resolve([])
    : accountNames(db)
        .where('account.id', '=', sql<string>`any(${[...ids]}::uuid[])`)
        .execute()

export type Shut = Pick<Account, 'name' | 'state' | 'project' | 'projectname'>

/**
 * One of the accounts that may have nothing new; undefined: none. They are held until the transaction ends, so that who
 * shuts one and then stops what it has comes either before or after.
 */
export const findShut = async (trx: Kysely<Database>, ids: readonly string[]): Promise<Shut | undefined> => {
  if (ids.length === 0) return undefined
  const { rows } =
    await sql<Shut>`select account.name, account.state, project.id as project, project.name as projectname
    from account left join project on project.account = account.id where account.id = any(${[...new Set(ids)]}::uuid[])
    order by account.id for key share of account`.execute(trx)
  return rows.find(({ state }) => state !== 'enabled')
}

/** Held by whoever shuts an account: after those who give it something. */
export const lockAccounts = async (trx: Kysely<Database>, ids: readonly string[]): Promise<void> => {
  await sql`select from account where id = any(${[...ids]}::uuid[]) order by id for update`.execute(trx)
}

/** `domain.path` is this path's or, unless only that is meant, beneath it. */
export const within = (path: string, recursive: boolean): RawBuilder<boolean> =>
  recursive
    ? sql`(domain.path = ${path} or domain.path like ${`${path.replaceAll(/[\\%_]/g, '\\$&')}/%`})`
    : sql`domain.path = ${path}`

/** Whether accounts of projects are meant too, or these alone. */
export type Projects = 'none' | 'too' | 'only'

const meant: Readonly<Record<Projects, RawBuilder<boolean>>> = {
  none: sql`account.type <> 'Project'`,
  too: sql`true`,
  only: sql`account.type = 'Project'`,
}

/** Ids of the accounts of a domain, and of the domains beneath it when `recursive`. */
export const accountsWithin = async (
  db: Kysely<Database>,
  path: string,
  { recursive, projects }: { readonly recursive: boolean; readonly projects: Projects },
): Promise<string[]> => {
  const { rows } = await sql<{ id: string }>`
    select account.id from account join domain on domain.id = account.domain
    where ${within(path, recursive)} and ${meant[projects]}`.execute(db)
  return rows.map(({ id }) => id)
}

/** Accounts of the projects that an account is a member of. */
export const projectAccountsOf = async (db: Kysely<Database>, account: string): Promise<string[]> => {
  const rows = await db
    .selectFrom('project_account')
    .innerJoin('project', 'project.id', 'project_account.project')
    .select('project.account')
    .where('project_account.account', '=', account)
    .execute()
  return rows.map((row) => row.account)
}

/** Accounts of all projects there are. */
export const allProjectAccounts = async (db: Kysely<Database>): Promise<string[]> =>
  (await db.selectFrom('project').select('account').execute()).map(({ account }) => account)
