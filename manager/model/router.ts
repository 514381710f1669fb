import { type Kysely, type Selectable, sql, type Updateable } from 'kysely'
import type { Accounts } from './among.ts'
import { ownedBy } from './ownership.ts'
import { type Found, findPage, type Page } from './page.ts'
import type { Database, RouterTable } from './schema.ts'

/** Never the private half of its host key. */
export type Router = Omit<
  Selectable<RouterTable>,
  | 'host_key_private'
  | 'moving'
  | 'silent_since'
  | 'target_host'
  | 'next_image'
  | 'next_firmware'
  | 'patch_forced'
  | 'former_image'
  | 'flows_own'
  | 'flows_peer'
  | 'role_read'
  | 'remakes_wanted'
  | 'remakes_done'
  | 'rank'
  | 'may_pause'
  | 'joined'
  | 'health_read'
  | 'ill_since'
  | 'ill_remakes'
  | 'ill_remade'
  | 'roles_told'
  | 'roles_told_since'
> & {
  /** It is one of two. */
  readonly redundant: boolean
  /** What one that is made now would be made of. */
  readonly newestimage: string | null
  readonly zonename: string
  /** Whose network or VPC it serves. */
  readonly account: string
  readonly dns1: string
  readonly dns2: string | null
  readonly networkname: string | null
  readonly vpcname: string | null
  readonly networkdomain: string
  readonly wantedrevision: number
  readonly hostname: string | null
  readonly hosturl: string | null
  readonly hypervisor: string | null
  readonly pod: string | null
  readonly podname: string | null
  readonly template: string | null
  readonly templatename: string | null
}

/** The image of the newest system template that is ready. */
export const newestSystemImage = (db: Kysely<Database>) =>
  db
    .selectFrom('template')
    .select('image')
    .where('kind', '=', 'system')
    .where('isready', '=', true)
    .orderBy('created', 'desc')
    .limit(1)

const routers = (db: Kysely<Database>) =>
  db
    .selectFrom('router')
    .leftJoin('network', 'network.id', 'router.network')
    .leftJoin('vpc', 'vpc.id', 'router.vpc')
    .innerJoin('zone', 'zone.id', 'router.zone')
    .leftJoin('host', 'host.id', 'router.host')
    .leftJoin('cluster', 'cluster.id', 'host.cluster')
    .leftJoin('pod', 'pod.id', 'cluster.pod')
    .leftJoin('template', (join) =>
      join.onRef('template.image', '=', 'router.image').on('template.kind', '=', 'system'),
    )
    .select([
      'router.id',
      'router.number',
      'router.zone',
      'router.network',
      'router.vpc',
      'router.host',
      'router.linklocal',
      'router.host_key_public',
      'router.image',
      'router.desired',
      'router.state',
      'router.reason',
      'router.reboots_wanted',
      'router.reboots_done',
      'router.generation',
      'router.revision',
      'router.spec_sha256',
      'router.created',
      'router.redundant_state',
      sql<boolean>`coalesce(network.redundant, vpc.redundant, false)`.as('redundant'),
      'zone.name as zonename',
      'zone.dns1',
      'zone.dns2',
      'network.name as networkname',
      'vpc.name as vpcname',
      sql<string>`coalesce(network.account, vpc.account)`.as('account'),
      sql<string>`coalesce(network.networkdomain, vpc.networkdomain)`.as('networkdomain'),
      sql<number>`coalesce(network.revision, vpc.revision)`.as('wantedrevision'),
      'host.name as hostname',
      'host.url as hosturl',
      'cluster.hypervisor',
      'pod.id as pod',
      'pod.name as podname',
      sql<string | null>`(${newestSystemImage(db)})`.as('newestimage'),
      'template.id as template',
      'template.name as templatename',
    ])
    .orderBy('router.created')
    .orderBy('router.id')

export interface RouterFilter {
  /** Only what these accounts have; undefined: everybody's. */
  readonly accounts?: Accounts | undefined
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly keyword?: string | undefined
  readonly zone?: string | undefined
  readonly pod?: string | undefined
  readonly cluster?: string | undefined
  readonly host?: string | undefined
  /** That it serves, be it a tier. */
  readonly network?: string | undefined
  readonly vpc?: string | undefined
  readonly forvpc?: boolean | undefined
  readonly state?: Router['state'] | undefined
  /** Whether there is a reason why it does not serve. */
  readonly failed?: boolean | undefined
  /** First characters of its image's hash. */
  readonly version?: string | undefined
}

/** Characters of an image's hash that stand for it as a version. */
export const VERSION_LENGTH = 12

const instanceName = sql<string>`'r-' || router.number || '-VM'`

export const findRouters = (db: Kysely<Database>, filter: RouterFilter, page: Page): Promise<Found<Router>> => {
  let query = routers(db)
  if (filter.accounts) query = query.where(ownedBy('router', filter.accounts))
  if (filter.id !== undefined) query = query.where('router.id', '=', filter.id)
  if (filter.name !== undefined) query = query.where(instanceName, '=', filter.name)
  if (filter.keyword) query = query.where(sql<boolean>`position(${filter.keyword} in ${instanceName}) > 0`)
  if (filter.zone !== undefined) query = query.where('router.zone', '=', filter.zone)
  if (filter.pod !== undefined) query = query.where('pod.id', '=', filter.pod)
  if (filter.cluster !== undefined) query = query.where('cluster.id', '=', filter.cluster)
  if (filter.host !== undefined) query = query.where('router.host', '=', filter.host)
  if (filter.network !== undefined) {
    const tier = sql<string>`(select vpc from network where id = ${filter.network})`
    query = query.where((eb) => eb.or([eb('router.network', '=', filter.network ?? ''), eb('router.vpc', '=', tier)]))
  }
  if (filter.vpc !== undefined) query = query.where('router.vpc', '=', filter.vpc)
  if (filter.forvpc !== undefined) query = query.where('router.vpc', filter.forvpc ? 'is not' : 'is', null)
  if (filter.state !== undefined) query = query.where('router.state', '=', filter.state)
  if (filter.failed !== undefined) query = query.where('router.reason', filter.failed ? 'is not' : 'is', null)
  if (filter.version !== undefined)
    query = query.where(sql<boolean>`left(router.image, ${VERSION_LENGTH}) = ${filter.version}`)
  return findPage(query, page, 'router.id')
}

export const findRouter = (db: Kysely<Database>, id: string): Promise<Router | undefined> =>
  routers(db).where('router.id', '=', id).executeTakeFirst()

/** Changes what is wanted of the router; its revision, or undefined when it is gone. */
export const updateRouterRow = async (
  trx: Kysely<Database>,
  id: string,
  values: Updateable<RouterTable>,
): Promise<number | undefined> => {
  const row = await trx
    .updateTable('router')
    .set({ ...values, id })
    .where('id', '=', id)
    .where('desired', '!=', 'Destroyed')
    .returning('revision')
    .executeTakeFirst()
  return row?.revision
}

/** Routers that should run and are of another image, by their ids. */
export const outdatedRouters = async (
  db: Kysely<Database>,
  image: string,
  place: {
    readonly id?: string | undefined
    readonly zone?: string | undefined
    readonly pod?: string | undefined
    readonly cluster?: string | undefined
    readonly domain?: string | undefined
    readonly account?: string | undefined
  },
): Promise<string[]> => {
  const { id = null, zone = null, pod = null, cluster = null, domain = null, account = null } = place
  const { rows } = await sql<{ readonly id: string }>`
    select router.id from router
    left join host on host.id = router.host
    left join cluster on cluster.id = host.cluster
    left join network on network.id = router.network
    left join vpc on vpc.id = router.vpc
    join account owner on owner.id = coalesce(network.account, vpc.account)
    where router.desired = 'Running' and router.image is not null and router.image <> ${image}
      and (${id}::uuid is null or router.id = ${id}) and (${zone}::uuid is null or router.zone = ${zone})
      and (${pod}::uuid is null or cluster.pod = ${pod}) and (${cluster}::uuid is null or cluster.id = ${cluster})
      and (${domain}::uuid is null or owner.domain = ${domain})
      and (${account}::text is null or owner.name = ${account})
    order by router.id`.execute(db)
  return rows.map((row) => row.id)
}
