import { type Kysely, sql } from 'kysely'
import type { AsyncJob } from './job.ts'
import type { Database } from './schema.ts'

/** How what a command wanted is taken back; the world follows, wherever its reconciler is. */
interface Undo {
  readonly table: 'guest' | 'router' | 'network' | 'vpc'
  /** What the row is set to. */
  readonly set: string
  /** Where it can be: what was wanted is not done, and not past the point of no return. */
  readonly when: string
}

const running = `case when state in ('Running', 'Starting', 'Stopping') then 'Running' else 'Stopped' end`
const machine = (table: 'guest' | 'router') => ({
  start: { table, set: `desired = 'Stopped'`, when: `desired = 'Running' and state <> 'Running'` },
  stop: { table, set: `desired = 'Running'`, when: `desired = 'Stopped' and state <> 'Stopped'` },
  reboot: { table, set: 'reboots_wanted = reboots_done', when: 'reboots_wanted > reboots_done' },
})
const guest = machine('guest')
const router = machine('router')
const restart = (table: 'network' | 'vpc'): Undo => ({
  table,
  set: 'restarts_wanted = restarts_done',
  when: `restarts_wanted > restarts_done and not exists (
    select from router where router.${table} = ${table}.id and router.desired = 'Destroyed')`,
})

/** Commands that decide whether a machine runs; a later one of them counts, whatever becomes of an earlier one. */
const decisions: Readonly<Record<string, Undo>> = {
  deployVirtualMachine: { ...guest.start, set: `desired = 'Expunged'` },
  startVirtualMachine: guest.start,
  stopVirtualMachine: guest.stop,
  destroyVirtualMachine: {
    table: 'guest',
    set: `desired = ${running}, destroyed = null`,
    when: `desired in ('Destroyed', 'Expunged') and state not in ('Destroyed', 'Expunging')`,
  },
  expungeVirtualMachine: {
    table: 'guest',
    set: `desired = 'Destroyed'`,
    when: `desired = 'Expunged' and state <> 'Expunging'`,
  },
  startRouter: router.start,
  stopRouter: router.stop,
  startSystemVm: router.start,
  stopSystemVm: router.stop,
}

const others: Readonly<Record<string, Undo>> = {
  rebootVirtualMachine: guest.reboot,
  rebootRouter: router.reboot,
  rebootSystemVm: router.reboot,
  restartNetwork: restart('network'),
  restartVPC: restart('vpc'),
}

/** Commands whose jobs can be cancelled. */
export const cancellable: readonly string[] = [...Object.keys(decisions), ...Object.keys(others)].toSorted()

/** Held until the transaction ends: whoever ends it waits. */
export const lockJob = (trx: Kysely<Database>, id: string): Promise<AsyncJob | undefined> =>
  trx.selectFrom('async_job').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()

const isSuperseded = async (trx: Kysely<Database>, { id, target }: AsyncJob): Promise<boolean> => {
  const later = await trx
    .selectFrom('async_job')
    .select('id')
    .where('target', '=', target)
    // Compared there: JavaScript's dates are coarser.
    .where('created', '>', (eb) => eb.selectFrom('async_job as own').select('own.created').where('own.id', '=', id))
    .where('cmd', 'in', Object.keys(decisions))
    .limit(1)
    .executeTakeFirst()
  return later !== undefined
}

/** Whether its guest counts against its owner's limits again when this is taken back. */
export const bringsBack = async (trx: Kysely<Database>, job: AsyncJob): Promise<boolean> =>
  job.jobstatus === 0 && job.cmd === 'destroyVirtualMachine' && !(await isSuperseded(trx, job))

/** Takes back what the job's command wanted. False when it is too late for that, or the command is of another kind. */
export const takeBack = async (trx: Kysely<Database>, job: AsyncJob): Promise<boolean> => {
  const decision = decisions[job.cmd]
  if (decision !== undefined && (await isSuperseded(trx, job))) return true
  const undo = decision ?? others[job.cmd]
  if (undo === undefined || undo.table !== job.target_kind) return false
  const { numAffectedRows } = await sql`
    update ${sql.table(undo.table)} set ${sql.raw(undo.set)} where id = ${job.target} and ${sql.raw(undo.when)}`.execute(
    trx,
  )
  return (numAffectedRows ?? 0n) > 0n
}

/** Ends a job that waits as cancelled; its target is tried at once, whatever failed before. */
export const endCancelled = async (trx: Kysely<Database>, job: AsyncJob, by: string): Promise<void> => {
  await trx
    .updateTable('async_job')
    .set({
      jobstatus: 3,
      jobresultcode: 530,
      jobresult: JSON.stringify({ errorcode: 530, errortext: `It was cancelled by ${by}.` }),
      completed: sql`now()`,
    })
    .where('id', '=', job.id)
    .where('jobstatus', '=', 0)
    .execute()
  await sql`delete from backoff where kind = ${job.target_kind} and target = ${job.target}`.execute(trx)
}
