import type { Kysely, Selectable } from 'kysely'
import { sizeOf } from './guest.ts'
import type { Database, GuestTable, Hypervisor, RouterTable } from './schema.ts'

export type Guest = Selectable<GuestTable>
export type Router = Selectable<RouterTable>

/** Guest networks that a guest or router has a nic in. */
export const networksOf = async (db: Kysely<Database>, kind: 'guest' | 'router', id: string): Promise<string[]> => {
  const rows = await db
    .selectFrom('nic')
    .select('network')
    .where(kind, '=', id)
    .where('network', 'is not', null)
    .where('leaving', '=', false)
    .orderBy('network')
    .execute()
  return rows.flatMap(({ network }) => (network === null ? [] : [network]))
}

/** What is to be known of a machine to choose another host for it. */
export interface Moving {
  readonly name: string
  readonly zone: string
  readonly host: string | null
  readonly hypervisor: Hypervisor | null
  readonly state: Guest['state'] | Router['state']
  readonly desired: Guest['desired']
  readonly moving: boolean
  readonly need: {
    readonly cpus: number
    readonly memoryMiB: number
    readonly tags?: readonly string[]
    readonly guest?: string
  }
}

/** Undefined when there is no such guest. */
export const movingGuest = async (db: Kysely<Database>, id: string): Promise<Moving | undefined> => {
  const row = await db
    .selectFrom('guest')
    .innerJoin('service_offering', 'service_offering.id', 'guest.offering')
    .leftJoin('host', 'host.id', 'guest.host')
    .leftJoin('cluster', 'cluster.id', 'host.cluster')
    .select(['guest.name', 'guest.zone', 'guest.host', 'guest.state', 'guest.desired', 'guest.moving'])
    .select(['cluster.hypervisor', sizeOf('cpunumber').as('cpus'), sizeOf('memory').as('memoryMiB')])
    .select('service_offering.hosttags')
    .where('guest.id', '=', id)
    .executeTakeFirst()
  if (row === undefined) return undefined
  const { cpus, memoryMiB, hosttags, ...rest } = row
  return { ...rest, need: { cpus, memoryMiB, tags: hosttags.split(',').filter(Boolean), guest: id } }
}

/** The same of a router. */
export const movingRouter = async (db: Kysely<Database>, id: string): Promise<Moving | undefined> => {
  const row = await db
    .selectFrom('router')
    .leftJoin('host', 'host.id', 'router.host')
    .leftJoin('cluster', 'cluster.id', 'host.cluster')
    .select(['router.number', 'router.zone', 'router.host', 'router.state', 'router.desired', 'router.moving'])
    .select('cluster.hypervisor')
    .where('router.id', '=', id)
    .executeTakeFirst()
  if (row === undefined) return undefined
  const { number, ...rest } = row
  const offering = await db
    .selectFrom('service_offering')
    .select(['cpunumber', 'memory'])
    .where('issystem', '=', true)
    .orderBy('created')
    .limit(1)
    .executeTakeFirst()
  const need = { cpus: offering?.cpunumber ?? 1, memoryMiB: offering?.memory ?? 0 }
  return { ...rest, name: `r-${number}-VM`, need }
}
