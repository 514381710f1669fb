import { type Kysely, sql } from 'kysely'

/** Where lists look for a part of an address; only what has a letter or a colon is looked for in these. */
const addresses: Readonly<Record<string, string>> = {
  traffic: 'true',
  public_ip: 'true',
  nic: 'guest is not null',
}

const statements = [
  // Of a hundred samples two by chance are taken for two in a hundred of all, for which no index is asked.
  ...['guest', 'host'].map((table) => `alter table ${table} alter column name set statistics 400`),
  'alter table guest alter column displayname set statistics 400',
  ...Object.entries(addresses).map(
    ([table, which]) => `create index ${table}_ipv6 on ${table} (id) where family(address) = 6 and ${which}`,
  ),
]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
