import { SpecEnvelope } from '@sysvm/agent/spec'
import type { Database } from '@sysvm/manager/model'
import { addPublicNic, addRouterNic, insertRouter } from '@sysvm/manager/orchestration/router/create'
import { nextRouterSpec } from '@sysvm/manager/orchestration/router/inspect'
import type { World } from '@sysvm/manager/orchestration/world'
import { routerServices } from '@sysvm/router'
import { type Kysely, sql } from 'kysely'
import type { Topology } from './topology.ts'

/** Ids of routers, by what they serve. */
export interface Routers {
  readonly router: string
  readonly vpcrouter: string
  readonly sixrouter: string
}

/** What the reconcilers would have made for the networks and guests that there are. */
export const makeRouters = async (db: Kysely<Database>, world: World, at: Topology): Promise<Routers> => {
  await sql`update nic set mac = ('02:00:00:00:' || lpad(to_hex(n.place / 256), 2, '0') || ':' || lpad(to_hex(n.place % 256), 2, '0'))::macaddr
    from (select id, row_number() over (order by id)::int as place from nic) n
    where n.id = nic.id and nic.mac is null`.execute(db)
  const make = (kind: 'network' | 'vpc', id: string, network: string): Promise<string> =>
    db.transaction().execute(async (trx) => {
      const router = await insertRouter(trx, world, at.zone, { kind, id })
      await addPublicNic(trx, router, { kind, id })
      const { gateway } = await trx
        .selectFrom('network')
        .select('gateway')
        .where('id', '=', network)
        .executeTakeFirstOrThrow()
      await addRouterNic(trx, router, { role: 'guest', network, address: gateway, netmask: '255.255.255.0' })
      await trx.updateTable('router').set({ state: 'Running', host: at.host }).where('id', '=', router).execute()
      await trx.updateTable('nic').set({ plugged: true }).where('router', '=', router).execute()
      return router
    })
  return {
    router: await make('network', at.network, at.network),
    vpcrouter: await make('vpc', at.vpc, at.tier),
    sixrouter: await make('network', at.sixnetwork, at.sixnetwork),
  }
}

/** What the manager would send to a router now; rejects where the router would refuse it. */
export const acceptableSpec = async (world: World, router: string): Promise<string> => {
  const spec: unknown = JSON.parse(JSON.stringify(await nextRouterSpec(world, router)))
  const { services } = SpecEnvelope.parse(spec)
  for (const { name, schema } of routerServices) if (services[name] !== undefined) schema.parse(services[name])
  return JSON.stringify(spec)
}
