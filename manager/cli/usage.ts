import { SysvmError } from '@sysvm/errors'

/** A command line that cannot be understood; exit code 2. */
export const usageError = (message: string, cause?: unknown): SysvmError =>
  new SysvmError('SYSVM_USAGE', message, cause === undefined ? {} : { cause })
