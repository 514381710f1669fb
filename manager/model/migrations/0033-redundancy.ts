import { type Kysely, sql } from 'kysely'

/** Two routers of one network or VPC: each of the two places is one router's at most. */
const statements = [
  `alter table network add column redundant boolean not null default false`,

  `alter table router
     add column rank text not null default 'first' check (rank in ('first', 'second')),
     -- As it told last.
     add column redundant_state text not null default 'UNKNOWN'
       check (redundant_state in ('PRIMARY', 'BACKUP', 'FAULT', 'UNKNOWN')),
     -- Connections of its own kernel, and of the other router, to be taken over.
     add column flows_own integer,
     add column flows_peer integer,
     -- When it was last asked for its role.
     add column role_read timestamptz,
     -- Raised to have its machine destroyed and made anew once, in its turn.
     add column remakes_wanted integer not null default 0,
     add column remakes_done integer not null default 0,
     add constraint router_remakes check (remakes_done <= remakes_wanted),
     drop constraint router_one_per_network,
     drop constraint router_one_per_vpc,
     add constraint router_one_per_network unique (network, rank),
     add constraint router_one_per_vpc unique (vpc, rank)`,

  // The two have each of their scope's public addresses and private gateways; one router has none twice.
  `alter table nic
     drop constraint nic_public_ip_taken,
     drop constraint nic_private_gateway_taken,
     add constraint nic_public_ip_taken unique (public_ip, router),
     add constraint nic_private_gateway_taken unique (private_gateway, router)`,

  `create function record_router_role() returns trigger language plpgsql as $$
     declare called text := 'r-' || new.number || '-VM';
     begin
       perform event_of_state('DomainRouter', 'ROUTER.STATE', new.id, called,
         case new.redundant_state when 'FAULT' then 'ERROR' when 'UNKNOWN' then 'WARN' else 'INFO' end,
         format('router %s was %s and is %s of two', called, old.redundant_state, new.redundant_state));
       return null;
     end $$`,
  `create trigger router_role after update of redundant_state on router for each row
     when (old.redundant_state is distinct from new.redundant_state) execute function record_router_role()`,

  // The trouble of a network's routers is over when they are alone, or gone with it.
  `create function resolve_role_alerts() returns trigger language plpgsql as $$
     begin
       perform resolve_alert(9, old.id || '/primaries'), resolve_alert(9, old.id || '/none');
       return null;
     end $$`,
  `create trigger network_roles_over after delete on network for each row execute function resolve_role_alerts()`,
]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
