import type { VpnState } from '@sysvm/router/spec'
import { dueVpnRouters, hasUntold, noteVpnRead, saveTunnels, type ToldTunnel } from '../model/vpnstate.ts'
import { driverOf } from './hosts.ts'
import { withRouter } from './router/control.ts'
import { eachRouter } from './router/each.ts'
import { readLeftOut } from './router/left-out.ts'
import type { World } from './world.ts'

const AT_ONCE = 8
/** Longest wait for an answer, in milliseconds. */
const ANSWER_MS = 5000

const STATES: ReadonlySet<string> = new Set(['Connected', 'Connecting', 'Disconnected', 'Error'])
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** What of an answer is one: a router is believed no more than its words' form. */
const toldBy = ({ connections }: Partial<VpnState>): readonly ToldTunnel[] | undefined =>
  Array.isArray(connections)
    ? connections
        .filter(({ id, state }) => UUID.test(id) && STATES.has(state))
        .map(({ id, state, reason }) => ({ id, state, reason: typeof reason === 'string' ? reason : undefined }))
    : undefined

const readRouter = async (world: World, id: string): Promise<void> => {
  const router = await world.db.selectFrom('router').selectAll().where('id', '=', id).executeTakeFirst()
  if (router === undefined || router.host === null || router.vpc === null) return
  await noteVpnRead(world.db, id)
  const state = await withRouter(world, await driverOf(world, router.host), router, (client) =>
    client.request<Partial<VpnState>>('GET', '/v1/state/vpn', { timeoutMs: ANSWER_MS }),
  )
  const told = toldBy(state)
  // The revision of before the question: what came since is not in the answer.
  if (told === undefined) return
  const held = { vpc: router.vpc, revision: router.revision }
  await saveTunnels(world.db, held, told)
  if (!(await hasUntold(world.db, held, told))) return
  const spoken = new Set(told.map((one) => one.id))
  const silent = (await readLeftOut(world, id)).filter((one) => !spoken.has(one.id))
  await saveTunnels(
    world.db,
    held,
    silent.map((one) => ({ ...one, state: 'Error' as const })),
  )
}

/** Reads how the tunnels of all routers that are due are. One that does not answer is read next time. */
export const watchTunnels = async (world: World): Promise<void> => {
  const due = await dueVpnRouters(world.db, world.settings.tunnelSpacingMs / 1000)
  await eachRouter(world, due, AT_ONCE, (id) => readRouter(world, id), 'the tunnels')
}
