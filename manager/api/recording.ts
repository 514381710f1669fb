import type { Transaction } from 'kysely'
import { commandEvents } from '../model/event/commands.ts'
import { recordOutcome } from '../model/event/index.ts'
import type { CommandEvent } from '../model/event/kind.ts'
import type { Database } from '../model/schema.ts'
import type { Command, Context } from './command.ts'
import { faultOf } from './fault.ts'
import type { WireObject } from './wire/value.ts'

/** What the event of a command that is done when it answers will say. Jobs tell of themselves, by triggers. */
export interface Recording {
  readonly event: CommandEvent
  readonly params: Readonly<Record<string, unknown>>
  /** It was written down with the command's first transaction. */
  done: boolean
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

const uuidIn = (value: unknown): string | null => (typeof value === 'string' && UUID.test(value) ? value : null)

const idIn = (value: unknown): string | null =>
  uuidIn(typeof value === 'object' && value !== null && 'id' in value ? value.id : value)

/** Parameters that name what a command without `id` is about, by its kind. */
const named: Readonly<Record<string, string>> = {
  Account: 'accountid',
  IpAddress: 'ipaddressid',
  Network: 'networkid',
  VirtualMachine: 'virtualmachineid',
  Vpc: 'vpcid',
}

/** What the command is about: what it was told, else what came out of it. */
const thingOf = ({ event, params }: Recording, result: unknown): string | null =>
  uuidIn(params.id) ?? idIn(result) ?? uuidIn(params[named[event.resource] ?? '']) ?? null

/**
 * Runs the transaction of a command; it writes the event down as its last statement, so that either both are there or
 * none. Of several transactions the first one that is committed has it.
 */
export const recorded = async <T>(
  { recording, caller }: Context,
  transaction: (record: (trx: Transaction<Database>, result: unknown) => Promise<void>) => Promise<T>,
): Promise<T> => {
  if (recording === undefined || recording.done) return transaction(async () => {})
  const result = await transaction((trx, made) =>
    recordOutcome(trx, { cmd: recording.event.cmd, by: caller, thing: thingOf(recording, made), error: null }),
  )
  recording.done = true
  return result
}

/** What was asked wrongly changed nothing, and could be asked a thousand times a second: no event. */
const isNews = (errorcode: number): boolean => errorcode >= 530

/** Runs a command and sees to it that its outcome is written down: with its change, or here when it failed. */
export const inRecord = async (
  context: Context,
  command: Command,
  params: Readonly<Record<string, unknown>>,
  run: (recording: Recording | undefined) => Promise<WireObject>,
): Promise<WireObject> => {
  const event = commandEvents.get(command.name)
  // Sessions tell of themselves too.
  if (event === undefined || command.anonymous) return run(undefined)
  const { db, caller } = context
  const recording: Recording = { event, params, done: false }
  try {
    const answer = await run(command.isasync ? undefined : recording)
    if (!command.isasync && !recording.done)
      await recordOutcome(db, { cmd: event.cmd, by: caller, thing: thingOf(recording, null), error: null })
    return answer
  } catch (error) {
    const { errorcode, errortext } = faultOf(error)
    // The caller is told of its error, also when the database is away.
    if (isNews(errorcode))
      await recordOutcome(db, {
        cmd: event.cmd,
        by: caller,
        thing: thingOf(recording, null),
        error: errortext,
      }).catch(() => undefined)
    throw error
  }
}
