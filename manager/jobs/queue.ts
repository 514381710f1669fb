import { PgBoss } from 'pg-boss'
import { sessionName } from '../model/database.ts'

/** What is reconciled; each kind has a queue of its own. */
export const kinds = ['host', 'network', 'vpc', 'router', 'guest', 'removal'] as const
export type Kind = (typeof kinds)[number]

export interface Target {
  readonly kind: Kind
  readonly id: string
}

export const queueOf = (kind: Kind): string => `reconcile-${kind}`

export interface QueueOptions {
  /** Told of what pg-boss cannot do right now; it goes on by itself. */
  readonly onError?: (error: Error) => void
  /** The manager whose sessions these are. */
  readonly manager?: string
}

/**
 * Starts pg-boss in its own schema and makes the queues. A queue holds at most one waiting entry per target
 * (policy `short`), which is what turns a thousand changes into one wake-up. An entry is never retried and its loss
 * costs nothing: the sweep finds whatever is not as wanted.
 */
export const openQueues = async (url: string, options: QueueOptions = {}): Promise<PgBoss> => {
  const boss = new PgBoss({
    connectionString: url,
    application_name: sessionName(options.manager, 'queue'),
    max: 4,
    useListenNotify: true,
    schedule: false,
    reindex: false,
    monitorVacuum: false,
  })
  boss.on('error', (error) => options.onError?.(error))
  await boss.start()
  for (const kind of kinds)
    await boss.createQueue(queueOf(kind), {
      policy: 'short',
      notify: true,
      retryLimit: 0,
      expireInSeconds: 3600,
      deleteAfterSeconds: 60,
      retentionSeconds: 86_400,
    })
  return boss
}
