import { SysvmError } from '@sysvm/errors'

/**
 * 431 that names the parameter whose id names nothing. The first half of the text is CloudStack's own: clients such as
 * Terraform's look for it to tell a thing that is gone from a call that failed.
 */
export const notFound = (parameter: string, kind: string, id: string): SysvmError =>
  new SysvmError(
    'SYSVM_NOT_FOUND',
    `Invalid parameter ${parameter} value=${id} due to incorrect long value format, or entity does not exist: ` +
      `no ${kind} has the id ${id}.`,
    { details: { parameter, id } },
  )

/** The row, or notFound. */
export const found = <T>(row: T | undefined, parameter: string, kind: string, id: string): T => {
  if (row !== undefined) return row
  throw notFound(parameter, kind, id)
}
