import { SysvmError } from '@sysvm/errors'

/** What a command may take and print when its caller says nothing. */
export const TIMEOUT_MS = 60_000
export const OUTPUT_LIMIT = 16 * 1024 * 1024

const STDERR_LINES = 5
const STDERR_CHARACTERS = 1000

/** The end of what a program said about its failure; it is short because it ends in messages and logs. */
export const lastLines = (stderr: string): string =>
  stderr.trimEnd().split('\n').slice(-STDERR_LINES).join('\n').slice(-STDERR_CHARACTERS)

/** Enough of a command to know it again; scripts of ours are long and the same every time. */
const shorten = (argv: readonly string[]): string[] =>
  argv.slice(0, 12).map((word) => (word.length > 80 ? `${word.slice(0, 80)}…` : word))

interface Ending {
  readonly code: number | null
  readonly signal?: string | null | undefined
  readonly stderr: string
}

/** A program that ended with anything but 0. Its input is never told: it may be a secret. */
export function commandFailed(argv: readonly string[], { code, signal, stderr }: Ending): SysvmError {
  const how = code === null ? `was killed by ${signal ?? 'a signal'}` : `ended with code ${code}`
  const said = lastLines(stderr)
  const message = said === '' ? `${argv[0]} ${how}.` : `${argv[0]} ${how}: ${said}`
  return new SysvmError('SYSVM_COMMAND_FAILED', message, {
    details: { argv: shorten(argv), exitCode: code, ...(signal ? { signal } : {}), stderr: said },
  })
}

/** What a machine that runs did not take or give back. */
export const nicFailed = (machine: string, why: string, cause?: SysvmError): SysvmError =>
  new SysvmError('SYSVM_MACHINE_NIC', `The nics of ${machine} could not be changed: ${why}.`, {
    details: { machine },
    cause,
  })

export const timedOut = (argv: readonly string[], timeoutMs: number): SysvmError =>
  new SysvmError('SYSVM_TIMEOUT', `${argv[0]} was stopped because it took longer than ${timeoutMs} ms.`, {
    details: { argv: shorten(argv), timeoutMs },
  })

export const outputTooLong = (argv: readonly string[], limit: number): SysvmError =>
  new SysvmError('SYSVM_OUTPUT_LIMIT', `${argv[0]} was stopped because it printed more than ${limit} bytes.`, {
    details: { argv: shorten(argv), limit },
  })
