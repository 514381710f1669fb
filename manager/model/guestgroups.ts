import { type Kysely, sql } from 'kysely'
import type { AffinityGroupTable, Database } from './schema.ts'

type Group = {
  readonly id: string
  readonly name: string
  readonly description: string | null
}

type AffinityGroup = Group & { readonly type: AffinityGroupTable['type'] }

/** Groups that a guest is in, by name. */
export interface GuestGroups {
  readonly affinitygroups: readonly AffinityGroup[]
  readonly securitygroups: readonly Group[]
}

/** Of one guest, in its own statement. */
export const groupsOfOne = [
  sql<GuestGroups['affinitygroups']>`(
    select coalesce(json_agg(json_build_object('id', joined.id, 'name', joined.name,
      'description', joined.description, 'type', joined.type) order by joined.name, joined.id), '[]')
    from affinity_member join affinity_group joined on joined.id = affinity_member.affinity_group
    where affinity_member.guest = guest.id)`.as('affinitygroups'),
  sql<GuestGroups['securitygroups']>`(
    select coalesce(json_agg(json_build_object('id', joined.id, 'name', joined.name,
      'description', joined.description) order by joined.name, joined.id), '[]')
    from security_group_member member join security_group joined on joined.id = member.security_group
    where member.guest = guest.id)`.as('securitygroups'),
]

const byGuest = <T extends { readonly guest: string }>(rows: readonly T[]) => {
  const groups = Map.groupBy(rows, ({ guest }) => guest)
  return (guest: string) => (groups.get(guest) ?? []).map(({ guest: _, ...group }) => group)
}

/** Of a page of guests, all at once: a look-up for each of them takes as long as the page. */
export const groupsOfGuests = async (
  db: Kysely<Database>,
  guests: readonly string[],
): Promise<(guest: string) => GuestGroups> => {
  const [affinity, security] = await Promise.all([
    sql<AffinityGroup & { guest: string }>`
      select member.guest, joined.id, joined.name, joined.description, joined.type
      from affinity_member member join affinity_group joined on joined.id = member.affinity_group
      where member.guest = any(${[...guests]}::uuid[]) order by joined.name, joined.id`.execute(db),
    sql<Group & { guest: string }>`
      select member.guest, joined.id, joined.name, joined.description
      from security_group_member member join security_group joined on joined.id = member.security_group
      where member.guest = any(${[...guests]}::uuid[]) order by joined.name, joined.id`.execute(db),
  ])
  const [affinitygroups, securitygroups] = [byGuest(affinity.rows), byGuest(security.rows)]
  return (guest) => ({ affinitygroups: affinitygroups(guest), securitygroups: securitygroups(guest) })
}
