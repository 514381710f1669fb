import type { Insertable, Kysely, Selectable } from 'kysely'
import type { Accounts } from './among.ts'
import { ownedBy } from './ownership.ts'
import { anywhere, type Found, findPage, type Page } from './page.ts'
import type { SshKeypairTable } from './schema/guestservices.ts'
import type { Database } from './schema.ts'

export type SshKeypair = Selectable<SshKeypairTable>

export interface SshKeypairFilter {
  /** Only what these accounts have; undefined: everybody's. */
  readonly accounts?: Accounts | undefined
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly fingerprint?: string | undefined
  readonly keyword?: string | undefined
}

export const findSshKeypairs = (
  db: Kysely<Database>,
  filter: SshKeypairFilter,
  page: Page,
): Promise<Found<SshKeypair>> => {
  let query = db.selectFrom('ssh_keypair').selectAll().orderBy('created').orderBy('id')
  if (filter.accounts) query = query.where(ownedBy('ssh_keypair', filter.accounts))
  if (filter.id !== undefined) query = query.where('id', '=', filter.id)
  if (filter.name !== undefined) query = query.where('name', '=', filter.name)
  if (filter.fingerprint !== undefined) query = query.where('fingerprint', '=', filter.fingerprint)
  if (filter.keyword) query = query.where('name', 'ilike', anywhere(filter.keyword))
  return findPage(query, page)
}

/** Those of the account's names that are there, in the order of the names. */
export const sshKeypairsNamed = async (
  db: Kysely<Database>,
  account: string,
  names: readonly string[],
): Promise<SshKeypair[]> => {
  if (names.length === 0) return []
  const rows = await db
    .selectFrom('ssh_keypair')
    .selectAll()
    .where('account', '=', account)
    .where('name', 'in', [...names])
    .execute()
  return names.flatMap((name) => rows.filter((row) => row.name === name))
}

/** Undefined when the name is taken. */
export const insertSshKeypair = (
  trx: Kysely<Database>,
  values: Insertable<SshKeypairTable>,
): Promise<SshKeypair | undefined> =>
  trx
    .insertInto('ssh_keypair')
    .values(values)
    .onConflict((conflict) => conflict.columns(['account', 'name']).doNothing())
    .returningAll()
    .executeTakeFirst()

export const deleteSshKeypairNamed = async (trx: Kysely<Database>, account: string, name: string): Promise<boolean> => {
  const { numDeletedRows } = await trx
    .deleteFrom('ssh_keypair')
    .where('account', '=', account)
    .where('name', '=', name)
    .executeTakeFirst()
  return numDeletedRows > 0n
}
