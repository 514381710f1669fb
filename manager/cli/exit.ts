import { isSysvmError } from '@sysvm/errors'

/** Exit codes; docs/reference/cli.md lists the same. */
export const exits = { ok: 0, failed: 1, usage: 2, unreachable: 3, missing: 4, root: 5, timeout: 6 } as const

/** Exit code for anything that a command threw. */
export const exitOf = (error: unknown): number => {
  if (!isSysvmError(error)) return exits.failed
  switch (error.code) {
    case 'SYSVM_USAGE':
      return exits.usage
    case 'SYSVM_API_UNREACHABLE':
      return exits.unreachable
    case 'SYSVM_NOT_FOUND':
      return exits.missing
    case 'SYSVM_NEEDS_ROOT':
      return exits.root
    case 'SYSVM_TIMEOUT':
      return exits.timeout
    default:
      return exits.failed
  }
}
