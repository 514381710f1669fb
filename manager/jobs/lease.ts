import { createHash } from 'node:crypto'
import pg from 'pg'
import type { Target } from './queue.ts'

/**
 * The right to reconcile a target, held by one manager at a time as PostgreSQL advisory locks of one session: a
 * manager that dies gives up all of them at once.
 */
export interface Leases {
  /** False when another manager, or this one, has it. */
  acquire(target: Target): Promise<boolean>
  release(target: Target): Promise<void>
  /** Resolves with the cause when the session is lost, and every lease with it: the manager must end. */
  readonly lost: Promise<Error>
  close(): Promise<void>
}

/** Two signed 32-bit numbers, as pg_try_advisory_lock wants them; a collision only makes one of two wait. */
const keysOf = ({ kind, id }: Target): [number, number] => {
  const digest = createHash('sha256').update(`${kind}/${id}`).digest()
  return [digest.readInt32BE(0), digest.readInt32BE(4)]
}

export const openLeases = async (url: string): Promise<Leases> => {
  const client = new pg.Client({ connectionString: url, application_name: 'sysvm-leases', keepAlive: true })
  const { promise: lost, resolve } = Promise.withResolvers<Error>()
  client.on('error', resolve)
  client.on('end', () => resolve(new Error('the session that holds the leases ended')))
  await client.connect()
  // The session's locks are reentrant, so what this process holds is known only here.
  const held = new Set<string>()
  let queue: Promise<unknown> = Promise.resolve()
  /** One question at a time: a session has one answer under way. */
  const ask = (verb: 'pg_try_advisory_lock' | 'pg_advisory_unlock', target: Target): Promise<boolean> => {
    const query = () => client.query<{ yes: boolean }>(`select ${verb}($1, $2) as yes`, keysOf(target))
    const answer = queue.then(query).then(({ rows }) => rows[0]?.yes === true)
    queue = answer.catch(() => {})
    return answer
  }
  return {
    lost,
    acquire: async (target) => {
      const name = keysOf(target).join('/')
      if (held.has(name)) return false
      held.add(name)
      const got = await ask('pg_try_advisory_lock', target)
      if (!got) held.delete(name)
      return got
    },
    release: async (target) => {
      held.delete(keysOf(target).join('/'))
      await ask('pg_advisory_unlock', target)
    },
    close: () => client.end(),
  }
}
