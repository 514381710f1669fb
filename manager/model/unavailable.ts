import { SysvmError } from '@sysvm/errors'

/**
 * PostgreSQL, appendix A: connection exceptions, insufficient resources (a full disk among them), operator intervention
 * (it stops, starts, or gave up a query), system errors, a server that takes no writes, a lock or a transaction that took
 * longer than its owner allows, and transactions that met each other too often.
 */
const STATES = /^(08|53|57014$|57P0|58|25006$|25P0[34]$|40001$|40P01$|55P03$)/
/** Of the system, when there is nobody to talk to. */
const SYSTEM = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
])
/** What the client library says of a connection that broke or was not had in time; it gives no code. */
const WORDS =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Client was closed)/

const codeOf = (error: Error): string => ('code' in error && typeof error.code === 'string' ? error.code : '')

const isAway = (error: Error): boolean => {
  const code = codeOf(error)
  // A unix socket that is not there.
  if (code === 'ENOENT') return 'syscall' in error && error.syscall === 'connect'
  return STATES.test(code) || SYSTEM.has(code) || WORDS.test(error.message)
}

/** What an error of the database means when it is not the caller's doing but PostgreSQL's; undefined for all others. */
export const unavailableOf = (error: unknown): SysvmError | undefined => {
  if (!(error instanceof Error) || error instanceof SysvmError || !isAway(error)) return undefined
  const full = codeOf(error) === '53100'
  return new SysvmError(
    'SYSVM_DATABASE',
    full
      ? 'The disk of the database is full: nothing was changed. Make room, then try again.'
      : 'The database does not answer. Try again; whether a change was made, its list command shows.',
    { cause: error },
  )
}
