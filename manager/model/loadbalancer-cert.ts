import { type Insertable, type Kysely, type Selectable, sql } from 'kysely'
import type { Accounts } from './among.ts'
import { ownedBy } from './ownership.ts'
import type { SslCertTable } from './schema/loadbalancer.ts'
import type { Database } from './schema.ts'

/** Without its private key, which only the router's spec needs. */
export type SslCert = Omit<Selectable<SslCertTable>, 'private_key'> & { readonly rules: readonly string[] }

const certs = (db: Kysely<Database>) =>
  db
    .selectFrom('ssl_cert')
    .select(['id', 'account', 'name', 'certificate', 'chain', 'fingerprint', 'names', 'expires', 'created'])
    .select(
      sql<string[]>`array(select rule::text from load_balancer_cert where cert = ssl_cert.id order by rule)`.as(
        'rules',
      ),
    )
    .orderBy('created')
    .orderBy('id')

export const findSslCerts = (
  db: Kysely<Database>,
  filter: {
    readonly id?: string | undefined
    readonly rule?: string | undefined
    /** Only what these accounts have; undefined: everybody's. */
    readonly accounts?: Accounts | undefined
  },
): Promise<SslCert[]> => {
  let query = certs(db)
  if (filter.accounts) query = query.where(ownedBy('ssl_cert', filter.accounts))
  if (filter.id !== undefined) query = query.where('id', '=', filter.id)
  if (filter.rule !== undefined) {
    const rule = filter.rule
    query = query.where('id', 'in', (eb) => eb.selectFrom('load_balancer_cert').select('cert').where('rule', '=', rule))
  }
  return query.execute()
}

/** The certificate, held until the transaction ends. */
export const lockSslCert = async (trx: Kysely<Database>, id: string): Promise<SslCert | undefined> => {
  const row = await trx.selectFrom('ssl_cert').select('id').where('id', '=', id).forUpdate().executeTakeFirst()
  return row && (await findSslCerts(trx, { id }))[0]
}

export const insertSslCert = async (trx: Kysely<Database>, values: Insertable<SslCertTable>): Promise<void> => {
  await trx.insertInto('ssl_cert').values(values).execute()
}

export const deleteSslCertRow = async (trx: Kysely<Database>, id: string): Promise<void> => {
  await trx.deleteFrom('ssl_cert').where('id', '=', id).execute()
}

/** Certificates of a rule in their order. */
export const certsOfRule = async (db: Kysely<Database>, rule: string): Promise<readonly SslCert[]> => {
  const assigned = await db
    .selectFrom('load_balancer_cert')
    .select('cert')
    .where('rule', '=', rule)
    .orderBy('position')
    .execute()
  const all = await findSslCerts(db, { rule })
  return assigned.flatMap(({ cert }) => all.filter(({ id }) => id === cert))
}

/** The rule's certificates are these from now on, in this order. */
export const setCertsOfRule = async (trx: Kysely<Database>, rule: string, certs: readonly string[]): Promise<void> => {
  await trx.deleteFrom('load_balancer_cert').where('rule', '=', rule).execute()
  if (certs.length > 0)
    await trx
      .insertInto('load_balancer_cert')
      .values(certs.map((cert, position) => ({ rule, cert, position })))
      .execute()
}
