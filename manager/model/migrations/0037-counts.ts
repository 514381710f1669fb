import { type Kysely, sql } from 'kysely'

const statements = [
  // Every look at a host writes its row: with room in its page the many indexes need not learn of it.
  'alter table host set (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05)',
  // Moves on with every statement that changes the table, and is never undone: what was counted before may be wrong then.
  'create sequence changes_of_guest',
  `create function note_change() returns trigger language plpgsql as $$
   begin
     perform nextval(tg_argv[0]::regclass);
     return null;
   end $$`,
  `create trigger changed after insert or update or delete or truncate on guest
     for each statement execute function note_change('changes_of_guest')`,
]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
