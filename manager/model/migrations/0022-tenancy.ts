import { type Kysely, sql } from 'kysely'

const ADMIN = '00000000-0000-4000-8000-000000000002'

/** What an account names as it likes: no other account's names stand in its way. */
const named = ['ssh_keypair', 'user_data', 'ssl_cert']

const statements = [
  ...named.flatMap((table) => [
    `alter table ${table} drop constraint ${table}_name_key`,
    `alter table ${table} add constraint ${table}_name_taken unique (account, name)`,
  ]),

  // Who deployed it.
  `alter table guest add column cloud_user uuid not null default '${ADMIN}'`,

  // A limit of an account (a project's is its account's) or of a domain with all that is beneath; none: the default's.
  `create table resource_limit (
     account uuid references account on delete cascade,
     domain uuid references domain on delete cascade,
     type smallint not null check (type between 0 and 11),
     most bigint not null check (most >= -1),
     check ((account is null) <> (domain is null)),
     constraint resource_limit_account unique (account, type),
     constraint resource_limit_domain unique (domain, type))`,
]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
