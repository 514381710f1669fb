import { type Kysely, sql } from 'kysely'

export const up = async (db: Kysely<unknown>): Promise<void> => {
  await sql`alter table vpc
    add column dns1 inet, add column dns2 inet, add column ip6dns1 inet, add column ip6dns2 inet,
    add check (dns2 is null or dns1 is not null), add check (ip6dns2 is null or ip6dns1 is not null)`.execute(db)
}
