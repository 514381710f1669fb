import { type ErrorCode, isSysvmError, SysvmError } from '@sysvm/errors'
import { type Selectable, sql } from 'kysely'
import { isPermanent, isPermanentCode } from '../../jobs/backoff.ts'
import type { Outcome } from '../../jobs/worker.ts'
import type { RouterTable } from '../../model/schema.ts'
import { holdPlacement, placeOnHost } from '../../placement/index.ts'
import { restartsDone } from '../done.ts'
import { failWaiting } from '../move/lost.ts'
import type { Serving } from '../network/tier.ts'
import { removeRouter } from '../router/create.ts'
import { routerNeed } from '../router/machine.ts'
import { askRole, couldServe } from '../router/pair.ts'
import { ranks, scopeOf } from '../router/scope.ts'
import { upgradeFailed } from '../router/upgrade.ts'
import type { World } from '../world.ts'
import { type Cause, causeOf, imageFor } from './cause.ts'
import { addSecond, endRenewal, readSubject, type Subject, suitsTwo } from './subject.ts'

type Router = Selectable<RouterTable>

/** What of a router decides how it is replaced. */
type Renewable = Pick<
  Serving,
  | 'id'
  | 'rank'
  | 'state'
  | 'desired'
  | 'reason'
  | 'failed'
  | 'failures'
  | 'image'
  | 'next_image'
  | 'moving'
  | 'target_host'
  | 'may_pause'
  | 'remakes_wanted'
  | 'remakes_done'
>

/** One that serves is replaced by way of a second one; what does not serve has nothing to lose. */
const canRenew = async (
  world: World,
  subject: Subject,
  router: Pick<Router, 'state' | 'desired' | 'reason'>,
): Promise<boolean> => {
  if (router.state !== 'Running' || router.desired !== 'Running' || router.reason !== null) return false
  return suitsTwo(world, subject)
}

/** What it serves replaces it by way of a second one: it is not taken down for what that one will have. */
export const isRenewedInstead = async (world: World, router: Router): Promise<boolean> => {
  const subject = await readSubject(world, scopeOf(router))
  const { kind, row } = subject
  if (row.redundant || row.renews !== null) return row.renews === router.id
  if (causeOf(row, router) === undefined || !(await canRenew(world, subject, router))) return false
  await world.jobs.wake(world.db, kind, row.id)
  return true
}

/** Waits for room, or there is no address: of hosts and of networks alike. */
const NO_ROOM = 'SYSVM_CAPACITY'

/**
 * Puts a second router beside the one that is to go: the two share its addresses for a while. False where there
 * are not the two addresses for that.
 */
const beginRenewal = async (world: World, subject: Subject, old: Renewable, cause: Cause): Promise<boolean> => {
  const missing = ranks.filter((rank) => rank !== old.rank)
  const renewed = { id: old.id, image: imageFor(cause, old) }
  const ids = await addSecond(world, subject, missing, renewed).catch((error: unknown) => {
    if (isSysvmError(error, NO_ROOM)) return undefined
    throw error
  })
  if (ids === undefined) return false
  // Not yet: it has to let go of the last one's link first.
  if (ids.length === 0) return true
  await world.at(`${subject.kind}.renewal`)
  for (const id of [old.id, ...ids]) await world.jobs.wake(world.db, 'router', id)
  return true
}

/** There cannot be a second one: it goes as it would without one, with the pause that this takes. */
const goAlone = async (world: World, { kind, row }: Subject, old: Renewable, cause: Cause): Promise<void> => {
  if (cause === 'restart') return removeRouter(world, old.id)
  await world.db.transaction().execute(async (trx) => {
    await trx.updateTable('router').set({ may_pause: true }).where('id', '=', old.id).execute()
    await world.jobs.wake(trx, 'router', old.id)
    if (row.renews !== null) await world.jobs.wake(trx, kind, row.id)
  })
}

const lacksRoom = async ({ db }: World, router: string): Promise<boolean> => {
  const row = await db
    .selectFrom('backoff')
    .select('code')
    .where('kind', '=', 'router')
    .where('target', '=', router)
    .executeTakeFirst()
  return row?.code === NO_ROOM
}

/** Whether the new one had a host if the old one were gone. Tried and undone, so that placement's own rules decide. */
const makesRoom = async (world: World, old: Router, fresh: Router): Promise<boolean> => {
  const undone = new Error('undone')
  let found = false
  const attempt = world.db.transaction().execute(async (trx) => {
    await holdPlacement(trx, old.zone)
    await trx.updateTable('router').set({ host: null, target_host: null }).where('id', '=', old.id).execute()
    const need = await routerNeed({ ...world, db: trx }, fresh)
    await placeOnHost(trx, old.zone, need, async () => {
      found = true
    })
    throw undone
  })
  await attempt.catch((error: unknown) => {
    if (error !== undone && !isSysvmError(error)) throw error
  })
  return found
}

/** Attempts after which a machine that does not start, or does not answer, will not. */
const ATTEMPTS = 2

/** Why the two will not come to share what the old one has: either has said so for good. */
const hindrance = (old: Renewable, fresh: Renewable): SysvmError | undefined => {
  const isHopeless = ({ failed, failures }: Renewable): boolean =>
    failed !== null && failed !== NO_ROOM && (isPermanentCode(failed) || (failures ?? 0) >= ATTEMPTS)
  const refuses = old.failed === 'SYSVM_ROUTER_COMMIT' ? old : undefined
  const failing = refuses ?? (isHopeless(fresh) ? fresh : undefined)
  if (failing === undefined) return undefined
  return new SysvmError(
    failing.failed as ErrorCode,
    `The router was not replaced, and serves on: ${failing.reason ?? failing.failed}`,
    { details: { router: failing.id } },
  )
}

const noRoom = ({ kind, row, called }: Subject): SysvmError =>
  new SysvmError(
    NO_ROOM,
    `No host has room for another router of the ${called}, and the end of its own would make none: it serves on. Add a host, or enable one.`,
    { details: { [kind]: row.id } },
  )

const notLevel = ({ called }: Subject, seconds: number, fresh: string): SysvmError =>
  new SysvmError(
    'SYSVM_TIMEOUT',
    `The router of the ${called} was not replaced, and serves on: for ${seconds} s the new one ran beside it and did not come to have all its connections. Their roles and counts are in listRouters and the log of conntrackd.`,
    { details: { router: fresh } },
  )

/** It has run beside the other one for as long as that may take. */
const isLate = async ({ db, settings }: World, fresh: string): Promise<boolean> => {
  const { rows } = await sql<{ late: boolean }>`
    with first as (update router set joined = now() where id = ${fresh} and joined is null)
    select joined < now() - make_interval(secs => ${settings.levelSeconds}) as late from router where id = ${fresh}`.execute(
    db,
  )
  return rows[0]?.late === true
}

/** The old one goes though not all is known to the new one: its host is emptied, or it does not serve anyhow. */
const goesAnyway = async (world: World, cause: Cause, coming: Router): Promise<boolean> => {
  if (cause === 'restart' || cause === 'upgrade') return false
  const told = await askRole(world, coming)
  return told?.state === 'PRIMARY' || told?.state === 'BACKUP'
}

/**
 * The old one stays: what serves is not given up for what has no place, or does not come up. A host that is emptied is
 * left all the same, and a new image for which there is no room is taken in place.
 */
const giveUp = async (
  world: World,
  subject: Subject,
  { old, fresh, cause }: { readonly old: Router; readonly fresh: string; readonly cause: Cause },
  why: SysvmError,
): Promise<void> => {
  const { kind, row, command } = subject
  world.log.warn({ [kind]: row.id, router: old.id, err: why }, 'a router is not replaced by way of a second one')
  await world.db.transaction().execute(async (trx) => {
    if (cause === 'restart') {
      await trx
        .updateTable(kind)
        .set({ restarts_done: restartsDone(row.restarts_wanted) })
        .where('id', '=', row.id)
        .execute()
      await failWaiting(trx, { kind, id: row.id }, command, why)
      return
    }
    const refused = cause === 'upgrade' && why.code !== NO_ROOM
    // One that does not serve, and cannot be told anything either, has nothing to lose.
    const stays = cause === 'ill' && why.details.router !== old.id
    await trx
      .updateTable('router')
      .set(refused ? { next_image: null } : stays ? { remakes_done: old.remakes_wanted } : { may_pause: true })
      .where('id', '=', old.id)
      .execute()
    if (refused)
      await failWaiting(trx, { kind: 'router', id: old.id }, 'upgradeRouterTemplate', upgradeFailed(old, why))
  })
  await world.at(`${kind}.renewal.failed`)
  await removeRouter(world, fresh)
}

/** Once it was given up the new one goes, and then the old one serves alone as before. */
const withdraw = async (world: World, subject: Subject, fresh: Renewable | undefined): Promise<void> => {
  if (fresh === undefined) return endRenewal(world, subject)
  if (fresh.desired !== 'Destroyed') await removeRouter(world, fresh.id)
}

/** The next step of a renewal: the old router goes when the new one has all its connections. */
const continueRenewal = async (world: World, subject: Subject, routers: readonly Renewable[]): Promise<void> => {
  const { row } = subject
  const old = routers.find(({ id }) => id === row.renews)
  if (old === undefined) return endRenewal(world, subject)
  if (old.desired === 'Destroyed') return
  const fresh = routers.find(({ id }) => id !== old.id)
  const cause = causeOf(row, old)
  if (cause === undefined) return withdraw(world, subject, fresh)
  if (fresh === undefined) {
    if (!(await beginRenewal(world, subject, old, cause))) await goAlone(world, subject, old, cause)
    return
  }
  const routerOf = (id: string) => world.db.selectFrom('router').selectAll().where('id', '=', id).executeTakeFirst()
  const [leaving, coming] = [await routerOf(old.id), await routerOf(fresh.id)]
  if (leaving === undefined || coming === undefined || coming.desired === 'Destroyed') return
  if (coming.state === 'Running' && (await couldServe(world, coming, leaving))) return removeRouter(world, old.id)
  const given = { old: leaving, fresh: fresh.id, cause }
  if (await lacksRoom(world, fresh.id)) {
    if (cause === 'restart' && (await makesRoom(world, leaving, coming))) return removeRouter(world, old.id)
    return giveUp(world, subject, given, noRoom(subject))
  }
  const why = hindrance(old, fresh)
  if (why !== undefined) return giveUp(world, subject, given, why)
  if (coming.state !== 'Running' || !(await isLate(world, fresh.id))) return
  if (await goesAnyway(world, cause, coming)) return removeRouter(world, old.id)
  await giveUp(world, subject, given, notLevel(subject, world.settings.levelSeconds, fresh.id))
}

/**
 * The next step for what has one router, or two while that is replaced; `serve` is what else there is to do with those that
 * stay.
 */
export const seeToOne = async (
  world: World,
  subject: Subject,
  routers: readonly Renewable[],
  serve: () => Promise<Outcome>,
): Promise<Outcome> => {
  const { row } = subject
  const staying = routers.filter(({ desired }) => desired !== 'Destroyed')
  if (row.renews !== null) {
    await continueRenewal(world, subject, routers)
    // What either fails at is for the next step, not for those who wait to be served.
    if (staying.length > 0)
      await serve().catch((error: unknown) => {
        if (!isPermanent(error)) throw error
      })
    return 'waiting'
  }
  const [only] = staying
  const cause = only && causeOf(row, only)
  if (only && cause && routers.length === 1 && (await canRenew(world, subject, only))) {
    if (await beginRenewal(world, subject, only, cause)) return 'waiting'
    if (cause !== 'restart') await goAlone(world, subject, only, cause)
  }
  const replace = row.restarts_wanted > row.restarts_done
  if (replace) for (const { id } of staying) await removeRouter(world, id)
  return replace || staying.length === 0 ? 'waiting' : serve()
}

/** It got two routers for good while its one was being replaced by way of a second one. */
export const forgetRenewal = async ({ db }: World, { kind, row }: Subject): Promise<void> => {
  if (row.renews !== null) await db.updateTable(kind).set({ renews: null }).where('id', '=', row.id).execute()
}
