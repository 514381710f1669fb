import type { AgentEvent } from '@sysvm/agent/api'
import type { VpnState } from '@sysvm/router/spec'
import { scopeOfPair } from '../model/redundancy.ts'
import { hasUntold, saveSilence, saveSilent, saveTunnels, type ToldTunnel, vpnRouters } from '../model/vpnstate.ts'
import type { Consumer } from './follow/consumer.ts'
import { readLeftOut } from './router/left-out.ts'
import type { ControlClient, World } from './world.ts'

/** Longest wait for an answer, in milliseconds. */
const ANSWER_MS = 5000

const STATES: ReadonlySet<string> = new Set(['Connected', 'Connecting', 'Disconnected', 'Error'])
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** What of a router's words is one: it is believed no more than their form. */
const toldBy = (words: readonly unknown[]): readonly ToldTunnel[] =>
  words.flatMap((one) => {
    const { id, state, reason } = (one ?? {}) as { readonly [key in keyof ToldTunnel]?: unknown }
    if (typeof id !== 'string' || !UUID.test(id) || typeof state !== 'string' || !STATES.has(state)) return []
    return { id, state: state as ToldTunnel['state'], reason: typeof reason === 'string' ? reason : undefined }
  })

/** The VPC that the router serves, and which revision of it: what a later one wants, its words cannot be about. */
const heldBy = async ({ db }: World, id: string) => {
  const router = await db.selectFrom('router').select(['vpc', 'revision']).where('id', '=', id).executeTakeFirst()
  return router?.vpc ? { vpc: router.vpc, revision: router.revision } : undefined
}

/** The same of a router that has the tunnels: of two the one that serves. */
const servedBy = async (world: World, id: string) => {
  const paired = await scopeOfPair(world.db, id)
  if (paired === undefined) return heldBy(world, id)
  const router = await world.db.selectFrom('router').select('redundant_state').where('id', '=', id).executeTakeFirst()
  return router?.redundant_state === 'PRIMARY' ? heldBy(world, id) : undefined
}

/** Asks a router how its tunnels are, and writes down what it says where it is the one that has them. */
export const readTunnels = async (world: World, id: string, client: ControlClient): Promise<void> => {
  const answer = await client.request<Partial<VpnState>>('GET', '/v1/state/vpn', { timeoutMs: ANSWER_MS })
  await saveSilent(world.db, id, false)
  const held = await servedBy(world, id)
  if (held === undefined) return
  if (!Array.isArray(answer.connections)) return
  const told = toldBy(answer.connections)
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

const heard = async (world: World, id: string, { data }: AgentEvent): Promise<void> => {
  const held = await servedBy(world, id)
  if (held !== undefined) await saveTunnels(world.db, held, toldBy([data]))
}

const silent = async (world: World, id: string, reason: string): Promise<void> => {
  const held = await heldBy(world, id)
  if (held === undefined) return
  await saveSilent(world.db, id, true)
  await saveSilence(world.db, held, `Nothing is heard of its router: ${reason}`)
}

/** How tunnels are, as their routers tell. */
export const tunnels: Consumer = {
  types: new Set(['vpn']),
  wanted: ({ db }) => vpnRouters(db),
  read: readTunnels,
  heard,
  silent,
}
