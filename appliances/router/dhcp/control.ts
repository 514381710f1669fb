import type { Effects } from '@sysvm/agent/service'
import { SysvmError } from '@sysvm/errors'
import { SOCKET } from './render.ts'

interface Answer {
  readonly result: number
  readonly text?: string
  readonly arguments?: unknown
}

/** Kea's own result codes (ARM, "Management API"): 3 means that it worked and there was nothing. */
const NOTHING = 3

/** Taking a configuration may take long; a mere question must not hold up a probe, and with it a rollback. */
const patience = (name: string): number => (name === 'config-reload' ? 30_000 : 5000)

/** One command of Kea's control channel; rejects with Kea's words when it is refused. */
export const command = async (effects: Effects, name: string, args?: object, socket = SOCKET): Promise<unknown> => {
  const request = JSON.stringify({ command: name, ...(args === undefined ? {} : { arguments: args }) })
  const text = await effects.ask.unix(socket, request, { timeoutMs: patience(name) })
  const answer = JSON.parse(text) as Answer
  if (answer.result === 0 || answer.result === NOTHING) return answer.arguments
  throw new SysvmError('SYSVM_COMMAND_FAILED', `Kea refused ${name}: ${answer.text ?? 'it gave no reason'}`)
}
