/** Every stable error code of sysvm and what it means. docs/reference/errors.md lists the same; a test compares them. */
export const codes = {
  SYSVM_SPEC_INVALID: 'The spec does not fit the schema.',
  SYSVM_SPEC_STALE: 'The spec is older than the generation that is confirmed.',
  SYSVM_SPEC_CONFLICT: 'The spec carries a generation number that was already used for another document.',
  SYSVM_SPEC_FUTURE: 'The spec is written in a format newer than this firmware reads.',
  SYSVM_SPEC_SIGNATURE: 'The spec is not signed by the manager this machine was booted with.',
} as const

export type ErrorCode = keyof typeof codes
