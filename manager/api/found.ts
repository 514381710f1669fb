import { SysvmError } from '@sysvm/errors'

/** The row, or 431 that names the parameter whose id names nothing. */
export const found = <T>(row: T | undefined, parameter: string, kind: string, id: string): T => {
  if (row !== undefined) return row
  throw new SysvmError('SYSVM_NOT_FOUND', `Parameter ${parameter}: no ${kind} has the id ${id}.`, {
    details: { parameter, id },
  })
}
