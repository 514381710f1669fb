import { type ErrorCode, messageOf, SysvmError } from '@sysvm/errors'
import type { Failure, Step } from '../api/index.ts'

const stepCodes: Record<Step, ErrorCode> = {
  validate: 'SYSVM_SPEC_INVALID',
  render: 'SYSVM_RENDER_FAILED',
  check: 'SYSVM_CHECK_FAILED',
  stage: 'SYSVM_STAGE_FAILED',
  apply: 'SYSVM_APPLY_FAILED',
  probe: 'SYSVM_PROBE_FAILED',
  confirm: 'SYSVM_CONFIRM_FAILED',
}

const stepSentences: Record<Step, string> = {
  validate: 'does not accept the spec',
  render: 'could not be rendered',
  check: 'was refused by its own checker',
  stage: 'could not be staged',
  apply: 'could not be applied',
  probe: 'does not serve after it was applied',
  confirm: 'could not be confirmed',
}

const isFull = (error: unknown): boolean =>
  error instanceof Error &&
  (('code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')) ||
    error.message.includes('No space left on device') ||
    isFull(error.cause))

/** The line that a checker complains about: `<stdin>:3:5-9`, `kea-dhcp4.json:12.3-8`, `at line 7 of …`. */
export const lineOf = (words: string): number | undefined => {
  const match = /\bline (\d+)/i.exec(words) ?? /[\w.>-]:(\d+)[.:]\d/.exec(words)
  return match === null ? undefined : Number(match[1])
}

/** Names step and service in the error of whatever failed, keeping the daemon's words and the cause. */
export const stepError = (step: Step, service: string | undefined, error: unknown): SysvmError => {
  const words = messageOf(error)
  const known = error instanceof SysvmError
  if (known && 'step' in error.details) return error
  const line = lineOf(words)
  const details = {
    ...(known ? error.details : {}),
    step,
    ...(service === undefined ? {} : { service }),
    ...(line === undefined ? {} : { line }),
  }
  if (isFull(error)) {
    const message = `No space is left on the machine, at the step ${step}: ${words}. Free space on /var/lib/sysvm and repeat.`
    return new SysvmError('SYSVM_STORAGE_FULL', message, { details, cause: error })
  }
  // Refusals of the document keep their own codes: the caller acts on them.
  if (known && error.code.startsWith('SYSVM_SPEC_')) return new SysvmError(error.code, words, { details, cause: error })
  const subject = service === undefined ? 'The generation' : `The service ${service}`
  const place = line === undefined ? '' : ` (line ${line})`
  return new SysvmError(stepCodes[step], `${subject} ${stepSentences[step]}${place}: ${words}`, {
    details,
    cause: error,
  })
}

export const inStep = async <T>(step: Step, service: string | undefined, work: () => T | Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    throw stepError(step, service, error)
  }
}

/** What is remembered of a commit that did not come to be. */
export const failureOf = (generation: number, error: SysvmError, at: string): Failure => {
  const { step, service } = error.details as { step?: Step; service?: string }
  return { ...error.toJSON(), generation, step: step ?? 'apply', ...(service === undefined ? {} : { service }), at }
}
