/** Every code of this library and what it means; the README lists the same, and a test compares them. */
export const codes = {
  VICI_CONNECT: "charon's socket could not be opened.",
  VICI_LOST: 'charon ended the connection, or it broke: what was asked may have been done or not.',
  VICI_CLOSED: 'The connection was closed by its owner.',
  VICI_PROTOCOL: 'What arrived is not VICI; the connection is given up.',
  VICI_MESSAGE: 'A message is malformed, or not of the form that its command answers in.',
  VICI_VALUE: 'What was to be sent does not fit a VICI message.',
  VICI_REFUSED: "charon did not do it; `reason` holds charon's own words.",
  VICI_UNKNOWN: 'This charon does not know the command or the event.',
  VICI_TIMEOUT: 'No answer came within the time limit; charon may do it still.',
  VICI_ABORTED: 'The caller gave up; what was sent already, charon may do still.',
  VICI_OVERFLOW: 'Events came faster than they were taken, and some were lost.',
} as const

export type ViciErrorCode = keyof typeof codes

export interface ViciErrorOptions extends ErrorOptions {
  /** The command or event that it is about. */
  readonly command?: string
  /** charon's own words. */
  readonly reason?: string
  /** What else charon answered, `matches` for example. */
  readonly answer?: Readonly<Record<string, unknown>>
}

/** The one error of this library. It holds names of fields, never their values: those may be secrets. */
export class ViciError extends Error {
  readonly code: ViciErrorCode
  readonly command?: string
  readonly reason?: string
  readonly answer?: Readonly<Record<string, unknown>>

  constructor(code: ViciErrorCode, message: string, options: ViciErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : {})
    this.name = 'ViciError'
    this.code = code
    if (options.command !== undefined) this.command = options.command
    if (options.reason !== undefined) this.reason = options.reason
    if (options.answer !== undefined) this.answer = options.answer
  }
}
