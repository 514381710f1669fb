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
