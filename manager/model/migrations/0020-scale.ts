import { type Kysely, sql } from 'kysely'

const statements = [
  `alter table cluster drop constraint cluster_hypervisor_check`,
  `alter table cluster add constraint cluster_hypervisor_check check (hypervisor in ('KVM', 'Container', 'Simulator'))`,
]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
