import { SysvmError } from '@sysvm/errors'
import { type Kysely, sql } from 'kysely'
import type { PgBoss } from 'pg-boss'
import type { Database } from '../model/database.ts'
import type { Target } from './queue.ts'

/** Wakes that reach one manager are passed on to the one that sees to the target's host. */
export interface Handover {
  /** The manager that sees to the host that the target is on; undefined: whoever comes first. */
  ownerOf(target: Target): Promise<string | undefined>
  /** False when that manager left. */
  pass(manager: string, target: Target): Promise<boolean>
  /** Has `run` called for what others pass on. */
  receive(run: (target: Target) => Promise<void>): Promise<void>
  /** Drops what was meant for managers that left; the sweep finds it again. */
  tidy(): Promise<void>
  close(): Promise<void>
}

const PREFIX = 'manager-'
const queueOf = (manager: string): string => `${PREFIX}${manager}`

const ownerOf = async (db: Kysely<Database>, { kind, id }: Target): Promise<string | undefined> => {
  if (kind !== 'host' && kind !== 'router' && kind !== 'guest') return undefined
  const { rows } =
    kind === 'host'
      ? await sql<{ manager: string | null }>`select manager from host where id = ${id}`.execute(db)
      : await sql<{ manager: string | null }>`select host.manager from ${sql.table(kind)} machine
          join host on host.id = machine.host where machine.id = ${id}`.execute(db)
  return rows[0]?.manager ?? undefined
}

export const openHandover = async (boss: PgBoss, db: Kysely<Database>, manager: string): Promise<Handover> => {
  await boss.createQueue(queueOf(manager), {
    policy: 'short',
    notify: true,
    retryLimit: 0,
    expireInSeconds: 3600,
    deleteAfterSeconds: 60,
    retentionSeconds: 3600,
  })
  return {
    ownerOf: (target) => ownerOf(db, target),
    pass: (to, target) =>
      boss
        .send(queueOf(to), { ...target }, { singletonKey: `${target.kind}/${target.id}` })
        .then(() => true)
        .catch((error: unknown) => {
          if (error instanceof Error && /does not exist/.test(error.message)) return false
          throw new SysvmError('SYSVM_QUEUE', `The ${target.kind} ${target.id} could not be passed on.`, {
            cause: error,
          })
        }),
    receive: async (run) => {
      await boss.work<Target>(
        queueOf(manager),
        { localConcurrency: 16, pollingIntervalSeconds: 1, notifyPollingIntervalSeconds: 1 },
        async ([entry]) => {
          if (entry !== undefined) await run({ kind: entry.data.kind, id: entry.data.id })
        },
      )
    },
    tidy: async () => {
      const rows = await db.selectFrom('manager').select('id').where('state', '=', 'Up').execute()
      const up = new Set(rows.map(({ id }) => queueOf(id)))
      for (const { name } of await boss.getQueues())
        if (name.startsWith(PREFIX) && !up.has(name)) await boss.deleteQueue(name)
    },
    close: async () => {
      await boss.deleteQueue(queueOf(manager)).catch(() => {})
    },
  }
}
