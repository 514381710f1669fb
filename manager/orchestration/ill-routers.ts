import type { Health } from '@sysvm/agent/api'
import { dueHealth, remakeIll, saveHealth } from '../model/ill-routers.ts'
import { driverOf } from './hosts.ts'
import { readSubject, suitsTwo } from './renewal/subject.ts'
import { withRouter } from './router/control.ts'
import { eachRouter } from './router/each.ts'
import { scopeOf } from './router/scope.ts'
import type { World } from './world.ts'

const AT_ONCE = 16
/** Its own probes take their time where nobody answers them. */
const ANSWER_MS = 30_000

/** The first of its services that does not serve, in its own words; undefined: all do. Pure. */
export const whyIll = ({ healthy, services = {} }: Partial<Health>): string | undefined => {
  if (healthy !== false) return undefined
  const [name, found] = Object.entries(services).find(([, one]) => !one.healthy) ?? []
  return name === undefined ? undefined : `${name}: ${found?.reason ?? 'it does not serve'}`
}

const readHealth = async (world: World, id: string): Promise<void> => {
  const { db, settings } = world
  const rule = settings.ill
  const router = await db.selectFrom('router').selectAll().where('id', '=', id).executeTakeFirst()
  if (router?.host == null) return
  // One that does not answer is seen to by whoever follows it.
  const health = await withRouter(world, await driverOf(world, router.host), router, (client) =>
    client.request<Partial<Health>>('GET', '/v1/health', { timeoutMs: ANSWER_MS }),
  ).catch(() => undefined)
  const why = health && whyIll(health)
  await saveHealth(db, id, health?.healthy === undefined ? undefined : why !== undefined, rule)
  if (why === undefined) return
  // Alone, and of a kind that two cannot serve: it would have to go before another one comes.
  const subject = await readSubject(world, scopeOf(router))
  if (!subject.row.redundant && !(await suitsTwo(world, subject))) return
  const remade = await db.transaction().execute(async (trx) => {
    const wanted = await remakeIll(trx, id, why, rule)
    if (wanted) await world.jobs.wake(trx, 'router', id)
    return wanted
  })
  if (remade) world.log.warn({ router: id, why }, 'a router does not serve, and is made anew')
}

/** Asks the routers that are due how they are. */
export const watchHealth = async (world: World): Promise<void> => {
  const due = await dueHealth(world.db, world.settings.ill)
  await eachRouter(world, due, AT_ONCE, (id) => readHealth(world, id), 'the health')
}
