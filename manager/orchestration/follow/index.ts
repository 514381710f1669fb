import { sql } from 'kysely'
import type { World } from '../world.ts'
import type { Consumer } from './consumer.ts'
import { consumers } from './consumers.ts'
import { type Followed, type Follower, follow } from './follower.ts'
import { createTurns } from './turns.ts'

export interface Following {
  /** Looks which routers have something to tell, begins with those that came and ends with those that went. */
  round(): Promise<void>
  stop(): Promise<void>
}

/** Routers of this manager's hosts that run, among these. */
const runningOf = async ({ db, manager }: World, ids: readonly string[]): Promise<readonly Followed[]> => {
  const mine = manager === undefined ? sql`true` : sql`host.manager = ${manager}`
  const { rows } = await sql<Followed>`
    select router.id, router.host, router.linklocal, router.host_key_public, router.revision
    from router join host on host.id = router.host
    where router.id = any(${[...ids]}::uuid[]) and ${mine}
      and router.state = 'Running' and router.desired = 'Running' and router.revision > 0`.execute(db)
  return rows
}

const leadsTo = ({ host, linklocal, host_key_public }: Followed): string => [host, linklocal, host_key_public].join(' ')

/** Follows the events of all routers that have something to tell, each over a connection through its host's. */
export const createFollowing = (world: World): Following => {
  const turns = createTurns()
  const followers = new Map<string, { readonly follower: Follower; readonly leadsTo: string }>()
  const wants = async (): Promise<ReadonlyMap<string, ReadonlySet<Consumer>>> => {
    const found = new Map<string, Set<Consumer>>()
    for (const consumer of consumers)
      for (const id of await consumer.wanted(world)) found.set(id, (found.get(id) ?? new Set()).add(consumer))
    return found
  }
  const end = (id: string): Promise<void> | undefined => {
    const entry = followers.get(id)
    followers.delete(id)
    return entry?.follower.stop()
  }
  return {
    round: async () => {
      const wanted = await wants()
      const routers = await runningOf(world, [...wanted.keys()])
      const kept = new Map(routers.map((router) => [router.id, leadsTo(router)]))
      for (const [id, entry] of followers) if (kept.get(id) !== entry.leadsTo) void end(id)
      for (const router of routers) {
        const wanting = wanted.get(router.id) ?? new Set()
        const known = followers.get(router.id)
        if (known !== undefined) known.follower.update(router, wanting)
        else followers.set(router.id, { follower: follow(world, turns, router, wanting), leadsTo: leadsTo(router) })
      }
    },
    stop: async () => {
      await Promise.all([...followers.keys()].map(end))
    },
  }
}
