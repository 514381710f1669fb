import { type Kysely, sql } from 'kysely'
import type { Jobs, Kind } from '../jobs/index.ts'
import type { Database } from '../model/database.ts'
import { foldTally } from '../model/tally.ts'

interface Found {
  readonly kind: Kind
  readonly id: string
}

/** Seconds after which nobody has looked at a host that is well, though its manager should have, several times. */
const UNSEEN = 60

/**
 * Everything that is not as wanted, or that a client waits for, less what is to be tried later. With this, no wake-up
 * needs to survive anything: a crash, a lost notification, another manager's death.
 */
export const findUnconverged = async (db: Kysely<Database>): Promise<readonly Found[]> => {
  const { rows } = await sql<Found>`
    with unconverged as (
      select 'host' as kind, id from host
        left join host_seen seen on seen.host = host.id
        where state <> 'Up' or resourcestate = 'PrepareForMaintenance' or seen.at is null or seen.at < now() - make_interval(secs => ${UNSEEN})
      union
      select 'network', network.id from network
        left join router_network held on held.network = network.id
        where network.state in ('Implementing', 'Shutdown', 'Destroy')
           or network.restarts_done < network.restarts_wanted
           or (network.state = 'Implemented' and (held.revision is null or held.revision < network.revision))
           or (network.state = 'Implemented' and network.redundant
               and (select count(*) from router where router.network = network.id) < 2)
      union
      select 'vpc', vpc.id from vpc left join router on router.vpc = vpc.id
        where vpc.state = 'Inactive' or vpc.restarts_done < vpc.restarts_wanted
           or (router.id is null and (vpc.start or exists (
                 select from network where network.vpc = vpc.id and network.state in ('Implementing', 'Implemented'))))
           or router.revision < vpc.revision
           or (vpc.redundant and router.id is not null
               and (select count(*) from router where router.vpc = vpc.id) < 2)
      union
      select 'router', id from router
        where state::text <> desired::text or reboots_done < reboots_wanted or moving or remakes_done < remakes_wanted
           or ((next_image is not null or next_firmware is not null) and desired = 'Running')
      union
      select 'guest', id from guest
        where (state::text <> desired::text and not (state = 'Error' and desired = 'Running'))
           or reboots_done < reboots_wanted or reinstalls_done < reinstalls_wanted or moving
           or (security_done < security_wanted and state = 'Running')
      union
      select 'removal', id from removal
      union
      select 'host', id from former_host
      union
      select target_kind, target from async_job where jobstatus = 0 and target_kind <> 'none'
    )
    select unconverged.kind, unconverged.id from unconverged
    left join backoff on backoff.kind = unconverged.kind and backoff.target = unconverged.id
    where backoff.retry_at is null or backoff.retry_at <= now()`.execute(db)
  return rows
}

/** Seconds for which a move that came on is believed to go on. */
const COMES_ON = 120

/**
 * Ends jobs that nobody will end: their target took longer than any client should wait. Says what is the matter with it.
 * What waits for a guest whose disk is being copied waits as long as that comes on.
 */
export const failOverdueJobs = async (db: Kysely<Database>, seconds: number): Promise<number> => {
  const result = await sql`
    update async_job set jobstatus = 2, jobresultcode = 530, completed = now(),
      jobresult = jsonb_build_object('errorcode', 530, 'errortext', 'It took longer than ' || ${seconds}::int || ' s: ' ||
        coalesce(
          (select reason from guest where target_kind = 'guest' and id = target),
          (select reason from router where target_kind = 'router' and id = target),
          (select reason from network where target_kind = 'network' and id = target),
          (select reason from vpc where target_kind = 'vpc' and id = target),
          (select reason from removal where target_kind = 'removal' and id = target),
          (select reason from host where target_kind = 'host' and id = target),
          'it still waits for something else.'))
    where jobstatus = 0 and created < now() - make_interval(secs => ${seconds})
      and not exists (
        select from guest where progress > now() - make_interval(secs => ${COMES_ON})
          and ((target_kind = 'guest' and guest.id = target)
            or (target_kind = 'host' and target in (guest.host, guest.target_host))))`.execute(db)
  return Number(result.numAffectedRows ?? 0)
}

/** Jobs that ended so many days ago are gone; CloudStack keeps them for one. */
export const forgetOldJobs = async (db: Kysely<Database>, days = 1): Promise<number> => {
  const { numDeletedRows } = await db
    .deleteFrom('async_job')
    .where('completed', '<', sql<Date>`now() - make_interval(days => ${days})`)
    .executeTakeFirst()
  return Number(numDeletedRows)
}

export const sweep = async (db: Kysely<Database>, jobs: Jobs): Promise<number> => {
  await foldTally(db)
  const found = await findUnconverged(db)
  for (const [kind, some = []] of Object.entries(Object.groupBy(found, ({ kind }) => kind)))
    await jobs.wakeMany(
      db,
      kind as Kind,
      some.map(({ id }) => id),
    )
  return found.length
}
