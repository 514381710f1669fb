import { type Kysely, sql, type Transaction } from 'kysely'
import type { Database } from './database.ts'

/** When a router that answers and does not serve is made anew; in seconds. */
export interface IllRule {
  /** Between two questions how it is. */
  readonly readSeconds: number
  /** How long it must not have served. */
  readonly illSeconds: number
  /** From one time to the next, of both of a pair; of one router twice as long each time, up to the most. */
  readonly pauseSeconds: number
  readonly mostPauseSeconds: number
}

const sameScope = sql<boolean>`(peer.network = router.network or peer.vpc = router.vpc)`

/** Routers that run, on hosts that answer, and were not asked how they are for so many seconds. */
export const dueHealth = async (db: Kysely<Database>, { readSeconds }: IllRule): Promise<readonly string[]> => {
  const { rows } = await sql<{ id: string }>`
    select router.id from router join host on host.id = router.host and host.state = 'Up'
    where router.state = 'Running' and router.desired = 'Running' and router.generation > 0
      and coalesce(router.health_read, '-infinity') < now() - make_interval(secs => ${readSeconds})
    order by router.health_read nulls first`.execute(db)
  return rows.map(({ id }) => id)
}

/** How long it is not made anew again. */
const pauseOf = ({ pauseSeconds, mostPauseSeconds }: IllRule) => sql`make_interval(secs => least(
  ${mostPauseSeconds}::float8, ${pauseSeconds}::float8 * 2 ^ least(30, greatest(0, router.ill_remakes - 1))))`

/** `ill`: what it said; undefined where it said nothing. One that has served for as long as its pause begins anew. */
export const saveHealth = async (
  db: Kysely<Database>,
  id: string,
  ill: boolean | undefined,
  rule: IllRule,
): Promise<void> => {
  if (ill === undefined) {
    await sql`update router set health_read = now() where id = ${id}`.execute(db)
    return
  }
  await sql`
    update router set health_read = now(),
      ill_since = case when ${ill} then coalesce(ill_since, now()) end,
      ill_remakes = case when not ${ill} and ill_remade < now() - 2 * ${pauseOf(rule)} then 0 else ill_remakes end
    where id = ${id}`.execute(db)
}

/** Nothing is under way with it. */
const atRest = (table: 'router' | 'peer') => {
  const column = (name: string) => sql.ref(`${table}.${name}`)
  return sql<boolean>`(${column('desired')} = 'Running' and ${column('state')} = 'Running'
    and ${column('remakes_wanted')} = ${column('remakes_done')} and not ${column('moving')}
    and (${column('next_image')} is null or ${column('next_image')} = ${column('image')}))`
}

/** As many as are ill at once have one cause, which new machines do not mend; a twentieth of all may be where that is more. */
const MOST_AT_ONCE = 5

/** Not too many others were made anew for that a while ago. */
const isAlone = ({ pauseSeconds }: IllRule) => sql<boolean>`((
  select count(*) from router other where other.id <> router.id and other.ill_remade > now() - make_interval(secs => ${pauseSeconds}))
  < greatest(${MOST_AT_ONCE}, (select count(*) / 20 from router where desired = 'Running')))`

/** It has not served for long, and was not made anew for that a while ago. */
const isDue = (rule: IllRule) => sql<boolean>`(router.ill_since <= now() - make_interval(secs => ${rule.illSeconds})
  and coalesce(router.ill_remade, '-infinity') < now() - ${pauseOf(rule)} and ${isAlone(rule)})`

/** What is written down of one that is to be made anew. */
const toRemake = sql`remakes_wanted = router.remakes_wanted + 1, may_pause = false, ill_since = null,
  ill_remakes = router.ill_remakes + 1, ill_remade = now()`

/** One of two, if the other one is well and one of the two serves. */
const remakeOfTwo = (id: string, rule: IllRule) => sql<{ number: number }>`
  update router set ${toRemake}
  from router peer
  where router.id = ${id} and peer.id <> router.id and ${sameScope} and ${isDue(rule)}
    and ${atRest('router')} and ${atRest('peer')}
    and peer.ill_since is null and peer.health_read > now() - make_interval(secs => ${3 * rule.readSeconds})
    and (peer.redundant_state = 'PRIMARY' or router.redundant_state = 'PRIMARY' and peer.redundant_state = 'BACKUP')
    and coalesce(peer.ill_remade, '-infinity') < now() - make_interval(secs => ${rule.pauseSeconds})
    and not exists (select from network where network.id = router.network and network.renews is not null)
    and not exists (select from vpc where vpc.id = router.vpc and vpc.renews is not null)
  returning router.number`

/** One that is alone, and is to be: another one comes beside it. */
const remakeAlone = (id: string, rule: IllRule) => sql<{ number: number }>`
  update router set ${toRemake}
  where router.id = ${id} and ${isDue(rule)} and ${atRest('router')}
    and not exists (select from router peer where peer.id <> router.id and ${sameScope})
    and not exists (select from network where network.id = router.network and (redundant or renews is not null))
    and not exists (select from vpc where vpc.id = router.vpc and (redundant or renews is not null))
  returning router.number`

/**
 * Has a router that has not served for long made anew, of two in its turn and alone by way of a second one; whether it
 * will be. `why` is told.
 */
export const remakeIll = async (
  trx: Transaction<Database>,
  id: string,
  why: string,
  rule: IllRule,
): Promise<boolean> => {
  // Of two that are judged at once one sees what became of the other.
  await sql`select peer.id from router peer, router where router.id = ${id} and (peer.id = router.id or ${sameScope})
    order by peer.id for update of peer`.execute(trx)
  const { rows: ofTwo } = await remakeOfTwo(id, rule).execute(trx)
  const [found] = ofTwo.length > 0 ? ofTwo : (await remakeAlone(id, rule).execute(trx)).rows
  if (found === undefined) return false
  const called = `r-${found.number}-VM`
  await sql`select event_of_state('DomainRouter', 'ROUTER.STATE', ${id}::uuid, ${called}, 'WARN',
    ${`router ${called} does not serve and is made anew: ${why}`.slice(0, 1000)})`.execute(trx)
  return true
}
