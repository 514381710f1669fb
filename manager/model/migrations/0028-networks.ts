import { type Kysely, sql } from 'kysely'

const statements = [
  // An account may have an address that no network has yet.
  `alter table public_ip
     drop constraint public_ip_owned,
     add constraint public_ip_owned check (allocated is not null or (network is null and vpc is null))`,
  `drop index public_ip_free`,
  `create index public_ip_free on public_ip (address) where allocated is null and not reserved`,

  // Whose a range is: one account's, or that of the accounts of a domain; neither: everyone's. With them it becomes that.
  `alter table vlan_range
     add column account uuid references account on delete set null,
     add column domain uuid references domain on delete set null,
     add constraint vlan_range_dedicated check (account is null or domain is null)`,

  // Networks without a router and without addresses: a wire between guests.
  `alter table network_offering
     drop constraint network_offering_guestiptype_check,
     add constraint network_offering_guestiptype check (guestiptype in ('Isolated', 'L2')),
     add constraint network_offering_wire check (guestiptype <> 'L2' or services = '{}' and not forvpc)`,
  `alter table network
     alter column cidr drop not null,
     alter column gateway drop not null,
     add constraint network_addressed check ((cidr is null) = (gateway is null) and (cidr is not null or vpc is null))`,
]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
