import { isSysvmError, SysvmError } from '@sysvm/errors'
import type { Effects } from '../service/index.ts'

/** Lines of a failed unit that are worth having in an error. */
const WORDS = 12

/** What the unit printed since it was last started; systemctl itself says only that it failed. */
const wordsOf = async ({ run }: Pick<Effects, 'run'>, name: string): Promise<string> => {
  const { stdout } = await run(['systemctl', 'show', '--property=InvocationID', '--value', name])
  const invocation = stdout.trim()
  if (!/^[0-9a-f]{32}$/.test(invocation)) return ''
  const argv = ['--no-pager', '--output=cat', `--lines=${WORDS}`, `_SYSTEMD_INVOCATION_ID=${invocation}`]
  return (await run(['journalctl', ...argv])).stdout.trim()
}

/** `systemctl VERB UNIT`; when that fails, the error has the daemon's own words. */
export const unitVerb = async (
  effects: Pick<Effects, 'run'>,
  verb: Parameters<Effects['unit']>[0],
  name: string,
): Promise<void> => {
  try {
    await effects.run(['systemctl', verb, name])
  } catch (cause) {
    if (!isSysvmError(cause)) throw cause
    const words = await wordsOf(effects, name).catch(() => '')
    const message = `${name} did not ${verb}: ${words === '' ? cause.message : words}`
    throw new SysvmError('SYSVM_COMMAND_FAILED', message, { details: { ...cause.details, unit: name }, cause })
  }
}

interface Asked {
  readonly name: string
  readonly tell: (active: boolean) => void
  readonly fail: (error: unknown) => void
}

const activeOf = async ({ run }: Pick<Effects, 'run'>, names: readonly string[]): Promise<readonly boolean[]> => {
  const { stdout } = await run(['systemctl', 'show', '--property=ActiveState', '--value', ...names])
  // A line for each, in the order of the names, with an empty one in between.
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line === 'active')
}

const answer = async (effects: Pick<Effects, 'run'>, asked: readonly Asked[]): Promise<void> => {
  const names = [...new Set(asked.map(({ name }) => name))]
  try {
    const states = await activeOf(effects, names)
    if (states.length !== names.length)
      throw new SysvmError('SYSVM_COMMAND_FAILED', `systemctl told ${states.length} states of ${names.length} units.`)
    for (const { name, tell } of asked) tell(states[names.indexOf(name)] === true)
  } catch (error) {
    for (const { fail } of asked) fail(error)
  }
}

/**
 * Whether a unit is active. Services that have nothing to do look at their units all at once, and a process for each would
 * cost more than most of what a commit does: those that ask in one moment share one.
 */
export const createUnitActive = (effects: Pick<Effects, 'run'>): Effects['unitActive'] => {
  let waiting: Asked[] = []
  return (name) =>
    new Promise((tell, fail) => {
      waiting.push({ name, tell, fail })
      if (waiting.length > 1) return
      setImmediate(() => {
        const asked = waiting
        waiting = []
        void answer(effects, asked)
      })
    })
}
