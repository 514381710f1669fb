import { type Kysely, sql } from 'kysely'

/** What is told of a router's roles in ten minutes, at most: one that flaps would fill the record. */
const MOST_TOLD = 10

const statements = [
  `alter table router
     add column health_read timestamptz,
     -- Since when it answers and says that it does not serve.
     add column ill_since timestamptz,
     -- How often it was made anew for that, and when last.
     add column ill_remakes integer not null default 0,
     add column ill_remade timestamptz,
     -- Changes of its role, and since when they are counted.
     add column roles_told integer not null default 0,
     add column roles_told_since timestamptz`,

  `drop trigger router_role on router`,
  `create or replace function record_router_role() returns trigger language plpgsql as $$
     declare called text := 'r-' || new.number || '-VM';
     begin
       if coalesce(new.roles_told_since, '-infinity') < now() - interval '10 minutes' then
         new.roles_told_since := now();
         new.roles_told := 0;
       end if;
       new.roles_told := new.roles_told + 1;
       if new.roles_told <= ${MOST_TOLD} then
         perform event_of_state('DomainRouter', 'ROUTER.STATE', new.id, called,
           case new.redundant_state when 'FAULT' then 'ERROR' when 'UNKNOWN' then 'WARN' else 'INFO' end,
           format('router %s was %s and is %s of two', called, old.redundant_state, new.redundant_state));
       elsif new.roles_told = ${MOST_TOLD + 1} then
         perform event_of_state('DomainRouter', 'ROUTER.STATE', new.id, called, 'WARN',
           format('router %s changes its role again and again: no more of it is told for ten minutes', called));
       end if;
       return new;
     end $$`,
  `create trigger router_role before update of redundant_state on router for each row
     when (old.redundant_state is distinct from new.redundant_state) execute function record_router_role()`,
]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
