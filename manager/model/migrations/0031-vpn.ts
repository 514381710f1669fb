import { type Kysely, sql } from 'kysely'

const statements = [
  // A VPC's end of its tunnels. Its rule goes with the public address, and the gateway with the rule.
  `create table vpn_gateway (
     id uuid primary key default gen_random_uuid(),
     vpc uuid not null constraint vpn_gateway_vpc_key unique references vpc on delete cascade,
     rule uuid not null references ip_rule on delete cascade,
     created timestamptz not null default now())`,
  `create index vpn_gateway_rule on vpn_gateway (rule)`,
  `create index vpn_gateway_order on vpn_gateway (created, id)`,

  // The other end. The key is sealed under vpncustomergateway/<id>.
  `create table vpn_customer_gateway (
     id uuid primary key default gen_random_uuid(),
     account uuid not null references account,
     name text not null check (name <> ''),
     gateway text not null,
     cidrlist text[] not null check (cardinality(cidrlist) > 0),
     ipsecpsk text not null,
     ikepolicy text not null,
     esppolicy text not null,
     ikelifetime integer not null,
     esplifetime integer not null,
     dpd boolean not null,
     forceencap boolean not null,
     splitconnections boolean not null,
     ikeversion text not null check (ikeversion in ('ike', 'ikev1', 'ikev2')),
     created timestamptz not null default now(),
     constraint vpn_customer_gateway_name unique (account, name))`,
  `create index vpn_customer_gateway_order on vpn_customer_gateway (created, id)`,

  `create table vpn_connection (
     id uuid primary key default gen_random_uuid(),
     vpn_gateway uuid not null references vpn_gateway on delete cascade,
     customer_gateway uuid not null references vpn_customer_gateway,
     passive boolean not null default false,
     -- As its router told last.
     state text not null default 'Connecting' check (state in ('Connecting', 'Connected', 'Disconnected', 'Error')),
     reason text,
     -- Raised to have the tunnel torn down and set up anew once.
     resets integer not null default 0,
     -- Of the VPC, from which on its router has it.
     revision integer not null default 0,
     created timestamptz not null default now(),
     constraint vpn_connection_peers unique (vpn_gateway, customer_gateway))`,
  `create index vpn_connection_customer on vpn_connection (customer_gateway)`,
  `create index vpn_connection_order on vpn_connection (created, id)`,

  // When a router's tunnels were last read.
  `create table router_vpn_read (
     router uuid primary key references router on delete cascade,
     at timestamptz not null)`,

  `create function record_vpn_state() returns trigger language plpgsql as $$
     declare called text := (select name from vpn_customer_gateway where id = new.customer_gateway);
     begin
       perform event_of_state('VpnConnection', 'VPN.S2S.CONNECTION.STATE', new.id, called,
         case new.state when 'Error' then 'ERROR' when 'Disconnected' then 'WARN' else 'INFO' end,
         format('VPN connection to %s was %s and is %s', called, old.state, new.state) || coalesce(': ' || new.reason, ''));
       return null;
     end $$`,
  `create trigger vpn_connection_state after update of state on vpn_connection for each row
     when (old.state is distinct from new.state) execute function record_vpn_state()`,
]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
