import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf, SysvmError } from '@sysvm/errors'
import pg from 'pg'
import { sessionName } from '../model/database.ts'

/** A target of a reconciler, or something else that one manager at a time does. */
export interface Leasable {
  readonly kind: string
  readonly id: string
}

/**
 * The right to reconcile a target, held by one manager at a time as PostgreSQL advisory locks of one session: a
 * manager that dies gives up all of them at once. A session that breaks is opened again and takes its locks back.
 */
export interface Leases {
  /** False when another manager, or this one, has it, and while there is no session. */
  acquire(target: Leasable): Promise<boolean>
  release(target: Leasable): Promise<void>
  /** Resolves when another manager took over what this one has under way: it must end. */
  readonly lost: Promise<Error>
  close(): Promise<void>
}

export interface LeaseOptions {
  /** Tried before each attempt to come back, as to start a private PostgreSQL that died. */
  readonly recover?: (() => Promise<void>) | undefined
  /** Told when the session broke. */
  readonly onBroken?: (cause: Error) => void
  /** The manager whose session this is. */
  readonly manager?: string
}

/** Two signed 32-bit numbers, as pg_try_advisory_lock wants them; a collision only makes one of two wait. */
const keysOf = ({ kind, id }: Leasable): [number, number] => {
  const digest = createHash('sha256').update(`${kind}/${id}`).digest()
  return [digest.readInt32BE(0), digest.readInt32BE(4)]
}

/** Waits in milliseconds between attempts to come back; the last one is repeated. */
const PAUSES = [100, 500, 2000, 5000]
/** A session that does not answer for so long is as good as broken. */
const ANSWER_MS = 15_000

const connect = async (url: string, manager?: string): Promise<pg.Client> => {
  const client = new pg.Client({
    connectionString: url,
    application_name: sessionName(manager, 'leases'),
    keepAlive: true,
    connectionTimeoutMillis: ANSWER_MS,
    query_timeout: ANSWER_MS,
  })
  client.on('error', () => {})
  await client.connect()
  // Its locks are what it is for: it may be idle for as long as it likes, whatever others may.
  await client.query(`select set_config('idle_session_timeout', '0', false)`)
  return client
}

type Verb = 'pg_try_advisory_lock' | 'pg_advisory_unlock'

const ask = async (client: pg.Client, verb: Verb, keys: readonly number[]): Promise<boolean> => {
  const { rows } = await client.query<{ yes: boolean }>(`select ${verb}($1, $2) as yes`, [...keys])
  return rows[0]?.yes === true
}

/** A session that broke may not have heard of it, and still hold its locks: waits until it is gone, 5 s at most. */
const endSession = async (client: pg.Client, pid: number): Promise<void> => {
  await client.query(
    `select pg_terminate_backend(pid, 5000) from pg_stat_activity
     where pid = $1 and usename = current_user and application_name = current_setting('application_name')`,
    [pid],
  )
}

export const openLeases = async (url: string, options: LeaseOptions = {}): Promise<Leases> => {
  const { promise: lost, resolve: lose } = Promise.withResolvers<Error>()
  // The session's locks are reentrant, so what this process holds, or has asked for, is known only here.
  const held = new Map<string, readonly number[]>()
  const asked = new Set<string>()
  let session: pg.Client | undefined
  let former: number | undefined
  let closed = false
  // One question at a time: a session has one answer under way.
  let queue: Promise<unknown> = Promise.resolve()

  const use = (client: pg.Client): void => {
    session = client
    // Of pg's client, though its types do not say so.
    const { processID } = client as pg.Client & { readonly processID?: number }
    const broken = (cause: Error): void => {
      if (session !== client || closed) return
      session = undefined
      former = processID
      client.end().catch(() => {})
      options.onBroken?.(cause)
      void comeBack()
    }
    client.on('error', broken)
    client.on('end', () => broken(new Error('the session that holds the leases ended')))
  }
  /** What is under way is this manager's still, unless another one was quicker; the session is used then. */
  const takeBack = async (client: pg.Client): Promise<void> => {
    const taken = new Map(held)
    for (const [name, keys] of taken) {
      if (held.has(name) && (await ask(client, 'pg_try_advisory_lock', keys))) continue
      taken.delete(name)
      if (held.has(name))
        lose(
          new SysvmError('SYSVM_QUEUE', 'Another manager took over what this one has under way: this one must end.', {
            details: { lease: name },
          }),
        )
    }
    for (;;) {
      // What ended meanwhile found no session to give its lock back to.
      const ended = [...taken].find(([name]) => !held.has(name))
      if (ended === undefined) return closed ? client.end() : use(client)
      taken.delete(ended[0])
      await ask(client, 'pg_advisory_unlock', ended[1])
    }
  }
  const comeBack = async (): Promise<void> => {
    for (let attempt = 0; !closed; attempt++) {
      await sleep(PAUSES[Math.min(attempt, PAUSES.length - 1)], undefined, { ref: false })
      try {
        await options.recover?.()
        const client = await connect(url, options.manager)
        if (former !== undefined) await endSession(client, former)
        return await takeBack(client)
      } catch (error) {
        options.onBroken?.(error instanceof Error ? error : new Error(messageOf(error)))
      }
    }
  }
  const inTurn = (verb: Verb, keys: readonly number[]): Promise<boolean> => {
    const answer = queue.then(async () => {
      const client = session
      if (client === undefined) return false
      try {
        return await ask(client, verb, keys)
      } catch (error) {
        // Whether it was done is not known: another session begins with what is held, and nothing else.
        client.emit('error', error instanceof Error ? error : new Error(messageOf(error)))
        return false
      }
    })
    queue = answer
    return answer
  }

  use(await connect(url, options.manager))
  return {
    lost,
    acquire: async (target) => {
      const keys = keysOf(target)
      const name = keys.join('/')
      if (held.has(name) || asked.has(name)) return false
      asked.add(name)
      const got = await inTurn('pg_try_advisory_lock', keys)
      asked.delete(name)
      if (got) held.set(name, keys)
      return got
    },
    release: async (target) => {
      const keys = keysOf(target)
      held.delete(keys.join('/'))
      await inTurn('pg_advisory_unlock', keys)
    },
    close: async () => {
      closed = true
      await session?.end()
    },
  }
}
