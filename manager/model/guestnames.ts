import { type Kysely, sql } from 'kysely'
import type { Database } from './schema.ts'

/** What guests are made of and by whom, as their rows say it. */
interface Parts {
  readonly zone: string
  readonly host: string | null
  readonly template: string
  readonly offering: string
  readonly cloud_user: string | null
  readonly instance_group: string | null
  readonly userdata_id: string | null
  readonly custom_cpunumber: number | null
  readonly custom_cpuspeed: number | null
  readonly custom_memory: number | null
  /** Their own, where lists ask for it. */
  readonly userdata?: string | null
}

interface Named {
  readonly id: string
  readonly name: string
  readonly text: string | null
}

interface Offering {
  readonly id: string
  readonly name: string
  readonly cpunumber: number
  readonly cpuspeed: number
  readonly memory: number
  readonly scalable: boolean
}

const idsOf = (ids: readonly (string | null)[]): readonly string[] => [...new Set(ids.filter((id) => id !== null))]

/**
 * Names of what a page of guests is made of: each is read once, where a join would read and send it for every guest.
 * What has gone since the guests were read has none.
 */
export const namesOfGuests = async (db: Kysely<Database>, rows: readonly Parts[]) => {
  const among = (part: (row: Parts) => string | null) => sql`any(${idsOf(rows.map(part))}::uuid[])`
  const text = rows.some(({ userdata }) => userdata !== undefined) ? sql`userdata` : sql`null`
  const [named, sizes] = await Promise.all([
    sql<Named>`
      select id, name, null as text from zone where id = ${among(({ zone }) => zone)}
      union all select id, name, null from host where id = ${among(({ host }) => host)}
      union all select id, name, displaytext from template where id = ${among(({ template }) => template)}
      union all select id, name, ${text} from user_data where id = ${among((row) => row.userdata_id)}
      union all select id, username, null from cloud_user where id = ${among((row) => row.cloud_user)}
      union all select id, name, null from instance_group where id = ${among((row) => row.instance_group)}`.execute(db),
    sql<Offering>`
      select id, name, cpunumber, cpuspeed, memory, scalable from service_offering
      where id = ${among(({ offering }) => offering)}`.execute(db),
  ])
  const names = new Map(named.rows.map((row) => [row.id, row]))
  const offerings = new Map(sizes.rows.map((row) => [row.id, row]))
  const known = (id: string | null): Named | undefined => (id === null ? undefined : names.get(id))
  const nameOf = (id: string | null): string | null => known(id)?.name ?? null
  const textOf = (id: string | null): string | null => known(id)?.text ?? null
  return (row: Parts) => {
    const offering = offerings.get(row.offering)
    return {
      zonename: nameOf(row.zone),
      hostname: nameOf(row.host),
      templatename: nameOf(row.template),
      templatetext: textOf(row.template),
      offeringname: offering?.name ?? null,
      offerscaling: offering?.scalable ?? false,
      cpunumber: row.custom_cpunumber ?? offering?.cpunumber ?? null,
      cpuspeed: row.custom_cpuspeed ?? offering?.cpuspeed ?? null,
      memory: row.custom_memory ?? offering?.memory ?? null,
      groupname: nameOf(row.instance_group),
      username: nameOf(row.cloud_user),
      userdataname: nameOf(row.userdata_id),
      servedUserdata: row.userdata === undefined ? null : (textOf(row.userdata_id) ?? row.userdata),
    }
  }
}
