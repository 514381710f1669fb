import type { RedundancyState } from '@sysvm/router/spec'
import type { Selectable } from 'kysely'
import type { RouterTable } from '../../model/schema.ts'
import { driverOf } from '../hosts.ts'
import type { World } from '../world.ts'
import { withRouter } from './control.ts'
import { scopeOf } from './scope.ts'

type Router = Selectable<RouterTable>

/** Longest wait for a router to say what it is, in milliseconds. */
const ANSWER_MS = 5000

/** The other router of the same network or VPC; undefined for one that is alone. */
export const peerOf = ({ db }: World, router: Router): Promise<Router | undefined> => {
  const { kind, id } = scopeOf(router)
  return db
    .selectFrom('router')
    .selectAll()
    .where(kind, '=', id)
    .where('id', '<>', router.id)
    .where('desired', '<>', 'Destroyed')
    .executeTakeFirst()
}

const STATES: ReadonlySet<string> = new Set(['PRIMARY', 'BACKUP', 'FAULT', 'UNKNOWN'])

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0

export type Told = Pick<RedundancyState, 'state' | 'flows'>

/** What of an answer is one: a router is believed no more than its words' form. */
const toldBy = ({ state, flows }: Partial<RedundancyState>): Told | undefined => {
  if (state === undefined || !STATES.has(state)) return undefined
  return flows !== undefined && isCount(flows.own) && isCount(flows.peer) ? { state, flows } : { state }
}

/** What a router says of its role; undefined where it does not, or is alone by its spec. */
export const askRole = async (world: World, router: Router): Promise<Told | undefined> => {
  if (router.host === null || router.generation === 0) return undefined
  try {
    const answer = await withRouter(world, await driverOf(world, router.host), router, (client) =>
      client.request<Partial<RedundancyState>>('GET', '/v1/state/redundancy', { timeoutMs: ANSWER_MS }),
    )
    return toldBy(answer)
  } catch (error) {
    world.log.debug({ router: router.id, err: error }, 'a router does not say what its role is')
    return undefined
  }
}

/** The backup has all connections of the primary, who was asked first. */
export const isLevel = (primary: Told, backup: Told): boolean =>
  primary.flows !== undefined && backup.flows !== undefined && backup.flows.peer >= primary.flows.own

type Resting = Pick<Router, 'remakes_wanted' | 'remakes_done' | 'next_image' | 'image' | 'moving' | 'state'>

/** It is to be taken down for more than a moment: made anew, of another image, or elsewhere. */
export const isToRest = ({ remakes_wanted, remakes_done, next_image, image, moving, state }: Resting): boolean =>
  state !== 'Migrating' && (remakes_wanted > remakes_done || moving || (next_image !== null && next_image !== image))

/** Its network or VPC is to have two, though the other one is not there now. */
const lacksPeer = async ({ db }: World, router: Router): Promise<boolean> => {
  const { kind, id } = scopeOf(router)
  const row = await db.selectFrom(kind).select('redundant').where('id', '=', id).executeTakeFirst()
  return row?.redundant === true
}

/** A machine that was told a spec forwards by it until it is known to be gone, whoever answers there. */
const mayServe = ({ host, generation }: Pick<Router, 'host' | 'generation'>): boolean => host !== null && generation > 0

/** One that says nothing may serve all the same: it rests where the other one serves, or where both are given up. */
const mayRestUnheard = (router: Router, peer: Router, other: Told | undefined): boolean => {
  if (other?.state === 'PRIMARY') return true
  const bothFailed = router.state === 'Error' && peer.state === 'Error'
  return bothFailed && (router.rank === 'second' || !isToRest(peer))
}

/**
 * Whether the network can do without this router for a while: the other one serves, or has all that it takes to serve.
 * Of two that are to be made anew the backup is first.
 */
export const mayRest = async (world: World, router: Router): Promise<boolean> => {
  if (!mayServe(router)) return true
  const peer = await peerOf(world, router)
  if (peer === undefined) return !(await lacksPeer(world, router))
  if (peer.desired !== 'Running') return true
  const own = await askRole(world, router)
  if (own?.state !== 'PRIMARY') {
    const other = await askRole(world, peer)
    if (own === undefined) return mayRestUnheard(router, peer, other)
    if (other?.state === 'PRIMARY') return true
    // A backup that nobody stands behind is about to serve.
    if (other === undefined && own.state === 'BACKUP') return router.moving && peer.state === 'Error'
    // Two that both do not serve do not wait for each other.
    return other === undefined || router.rank === 'second'
  }
  // Its host is to be emptied whatever becomes of the other one.
  if (router.moving && peer.state === 'Error') return true
  if (peer.state !== 'Running' || isToRest(peer)) return false
  const other = await askRole(world, peer)
  return other?.state === 'BACKUP' && isLevel(own, other)
}

/** Whether one of two serves, or has all that it takes to serve in the place of the other. */
export const couldServe = async (world: World, router: Router, other: Router): Promise<boolean> => {
  const primary = await askRole(world, other)
  const told = await askRole(world, router)
  if (told?.state === 'PRIMARY') return primary?.state !== 'PRIMARY'
  return told?.state === 'BACKUP' && primary?.state === 'PRIMARY' && isLevel(primary, told)
}

/**
 * Of those beside a router that is new, one that may serve and was not told of it: it speaks to nobody, and the new one would
 * take itself for alone. Whatever its state, and also on its way out: that nobody reaches it is no sign of its end.
 */
const unawareOf = async ({ db }: World, router: Router, revision: number): Promise<Router | undefined> => {
  const { kind, id } = scopeOf(router)
  const beside = await db.selectFrom('router').selectAll().where(kind, '=', id).where('id', '<>', router.id).execute()
  return beside.find((peer) => mayServe(peer) && peer.state !== 'Stopped' && peer.revision < revision)
}

/** The one that would take over from a primary, as long as all is well with it. */
const backupOf = async (world: World, primary: Router): Promise<Router | undefined> => {
  const peer = await peerOf(world, primary)
  if (peer === undefined || peer.desired !== 'Running' || peer.state !== 'Running') return undefined
  return peer.reason === null && peer.redundant_state === 'BACKUP' ? peer : undefined
}

/**
 * The other router, where that is to be told first. To the primary the backup is: whatever guests are told works after a
 * take-over too; one that is not well, or refuses, is not waited for. To a router that is new the one that serves is.
 */
export const whoComesFirst = async (world: World, router: Router, revision: number): Promise<Router | undefined> => {
  if (router.generation === 0) return unawareOf(world, router, revision)
  if (router.redundant_state !== 'PRIMARY') return undefined
  const backup = await backupOf(world, router)
  return backup !== undefined && backup.revision < revision ? backup : undefined
}

/**
 * Whether this one's firmware is replaced after the other one's: the primary's is, and where it is not known which serves, the
 * first one's. While the other one's is tried, nobody answers for its role. Pure.
 */
export const isPatchedLast = (router: Router, peer: Router): boolean => {
  const serves = router.redundant_state === 'PRIMARY'
  return serves === (peer.redundant_state === 'PRIMARY') ? router.rank === 'first' : serves
}

/** The other router, where its firmware is to be replaced before this one's: what does not come up is seen at the backup. */
export const whoIsPatchedFirst = async (world: World, router: Router): Promise<Router | undefined> => {
  if (router.next_firmware === null) return undefined
  const peer = await peerOf(world, router)
  if (peer === undefined || peer.next_firmware !== router.next_firmware || !isPatchedLast(router, peer))
    return undefined
  return peer.desired === 'Running' && peer.state === 'Running' && peer.reason === null ? peer : undefined
}
