import { codes, type ErrorCode } from './codes.ts'

export { codes, type ErrorCode }

export interface ErrorJson {
  readonly code: string
  readonly message: string
  readonly details?: Readonly<Record<string, unknown>>
}

/** The one error of sysvm: a stable code, a sentence for a person, facts for a program, and the cause kept. */
export class SysvmError extends Error {
  readonly code: ErrorCode
  readonly details: Readonly<Record<string, unknown>>

  constructor(
    code: ErrorCode,
    message: string,
    options: { readonly details?: Readonly<Record<string, unknown>>; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'SysvmError'
    this.code = code
    this.details = options.details ?? {}
  }

  /** What may cross a wire: never the cause, which can hold what the caller must not see. */
  toJSON(): ErrorJson {
    return { code: this.code, message: this.message, details: this.details }
  }
}

export const isSysvmError = (error: unknown, code?: ErrorCode): error is SysvmError =>
  error instanceof SysvmError && (code === undefined || error.code === code)

/** The message of anything that was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
