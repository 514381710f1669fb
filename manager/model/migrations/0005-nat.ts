import { type Kysely, sql } from 'kysely'

/** Port forwarding, and addresses that are being given up. The ports themselves are in `ip_rule`. */
const statements = [
  `create table port_forwarding (
     id uuid primary key references ip_rule on delete cascade,
     nic uuid not null references nic on delete cascade,
     guest_address inet,
     private_port integer not null check (private_port between 1 and 65535),
     cidrs text[] not null default '{}')`,
  `create index port_forwarding_nic on port_forwarding (nic)`,
  // Lists are in this order, a page at a time.
  `create index ip_rule_order on ip_rule (purpose, created, id)`,

  // With its guest's nic a rule goes, and the ports it had are free again.
  `create function drop_ip_rule() returns trigger language plpgsql as $$
     begin
       delete from ip_rule where id = old.id;
       return null;
     end $$`,
  `create trigger port_forwarding_gone after delete on port_forwarding
     for each row execute function drop_ip_rule()`,

  // What was opened of a one to one address means nothing without its guest.
  `create function drop_static_nat_rules() returns trigger language plpgsql as $$
     begin
       delete from ip_rule where public_ip = new.id and purpose = 'StaticNat';
       return null;
     end $$`,
  `create trigger static_nat_gone after update of static_nat_nic on public_ip
     for each row when (old.static_nat_nic is not null and old.static_nat_nic is distinct from new.static_nat_nic)
     execute function drop_static_nat_rules()`,

  // A router answers for its addresses until it holds a spec without them; only then may another one have them.
  `alter table public_ip
     add column release_revision integer,
     add constraint public_ip_releasing check (release_revision is null or allocated is not null),
     add constraint public_ip_static_nat check (static_nat_nic is null or not is_source_nat)`,
  `drop index public_ip_static_nat`,
  // An address of a guest has one public address at most.
  `create unique index public_ip_static_nat on public_ip (static_nat_nic, coalesce(static_nat_address, '0.0.0.0'))
     where static_nat_nic is not null`,
]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
