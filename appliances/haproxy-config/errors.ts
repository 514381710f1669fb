/** Every code of this library and what it means; the README lists the same, and a test compares them. */
export const codes = {
  HAPROXY_NAME: 'A section, server or counter has a name that haproxy cannot hold.',
  HAPROXY_VALUE: 'A value does not fit the field it stands in.',
  HAPROXY_LIMIT: 'A line has more words, or a command more bytes, than haproxy reads.',
  HAPROXY_REFERENCE: 'Something is named that the configuration does not have.',
  HAPROXY_DUPLICATE: 'The same name is given twice.',
  HAPROXY_UNREADABLE: 'A text is not a configuration that this library writes; the message has the line.',
  HAPROXY_REFUSED: 'haproxy refused a command of the runtime socket; the message holds its own words.',
  HAPROXY_SOCKET: 'The runtime socket did not answer, or with something that is no answer.',
} as const

export type HAProxyConfigErrorCode = keyof typeof codes

/** The one error of this library. */
export class HAProxyConfigError extends Error {
  readonly code: HAProxyConfigErrorCode
  /** Line of the text that could not be read; the first is 1. */
  readonly line: number | undefined

  constructor(code: HAProxyConfigErrorCode, message: string, options: ErrorOptions & { readonly line?: number } = {}) {
    super(message, options)
    this.name = 'HAProxyConfigError'
    this.code = code
    this.line = options.line
  }
}
