import { type Kysely, sql } from 'kysely'

/** A range may have IPv6 alone: it is for all routers with a nic on the same link. */
const statements = [
  `alter table vlan_range
     alter column gateway drop not null, alter column netmask drop not null,
     alter column startip drop not null, alter column endip drop not null,
     add constraint vlan_range_ip4 check (num_nonnulls(gateway, netmask, startip, endip) in (0, 4)),
     add constraint vlan_range_some check (num_nonnulls(startip, ip6cidr) > 0),
     drop constraint vlan_range_disjoint,
     add constraint vlan_range_disjoint
       exclude using gist (physical_network with =, vlan with =, address_range(startip, endip) with &&)
       where (startip is not null)`,

  // The IPv6 of a range's link: its own, else that of the range with IPv6 alone.
  `create view vlan_side6 as
     select side.id as range, six.*
     from vlan_range side
     cross join lateral (
       select six.id as pool, six.ip6cidr, six.ip6gateway, six.startipv6, six.endipv6
       from vlan_range six
       where six.ip6cidr is not null and six.physical_network = side.physical_network and six.vlan = side.vlan
         and (six.id = side.id or six.startip is null)
       order by six.id <> side.id, six.created, six.id limit 1) six`,

  `create or replace function take_public_address6() returns trigger language plpgsql as $$
     declare pool record;
     begin
       select side.pool as id, side.startipv6, side.endipv6 into pool
         from public_ip join vlan_side6 side on side.range = public_ip.range where public_ip.id = new.public_ip;
       if pool.startipv6 is null or new.address6 is not null then
         return new;
       end if;
       perform pg_advisory_xact_lock(hashtextextended('address6/' || pool.id, 0));
       select candidate into new.address6 from (
         select pool.startipv6 as candidate
         union select taken.address6 + 1 from nic taken
           where taken.role = 'public' and taken.address6 between pool.startipv6 and pool.endipv6) free
         where candidate <= pool.endipv6
           and not exists (select from nic taken where taken.role = 'public' and taken.address6 = candidate)
         order by candidate limit 1;
       return new;
     end $$`,
  // Routers that were there before their link's IPv6 take theirs when it comes.
  `drop trigger nic_public_address6 on nic`,
  `create trigger nic_public_address6 before insert or update of public_ip on nic
     for each row when (new.role = 'public') execute function take_public_address6()`,
]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
