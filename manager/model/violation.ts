import { SysvmError } from '@sysvm/errors'
import pg from 'pg'

const words = (table: string | undefined): string => (table ?? 'row').replaceAll('_', ' ')

const overlap = (error: pg.DatabaseError): SysvmError =>
  new SysvmError(
    'SYSVM_NETWORK_CONFLICT',
    `The addresses overlap those of another ${words(error.table)}: choose a range that is free.`,
    { cause: error },
  )

/** `Key (zone, name)=(…, first) already exists.`: the last column is what the caller chose. */
const taken = (error: pg.DatabaseError): SysvmError => {
  const [, columns = '', values = ''] = /^Key \((.*)\)=\((.*)\) already exists/.exec(error.detail ?? '') ?? []
  const [column = 'name', value = ''] = [columns.split(', ').at(-1), values.split(', ').at(-1)]
  return new SysvmError(
    'SYSVM_API_PARAMETER',
    `There is already a ${words(error.table)} with ${column} '${value}': choose another.`,
    { cause: error },
  )
}

const dependent = (error: pg.DatabaseError): SysvmError => {
  const [, parent] = /is not present in table "(\w+)"/.exec(error.detail ?? '') ?? []
  return parent === undefined
    ? new SysvmError('SYSVM_IN_USE', `A ${words(error.table)} still depends on it: remove that first.`, {
        cause: error,
      })
    : new SysvmError('SYSVM_NOT_FOUND', `The ${words(parent)} it needs is gone.`, { cause: error })
}

const impossible = (error: pg.DatabaseError): SysvmError =>
  new SysvmError('SYSVM_API_PARAMETER', `The values do not fit together (rule ${error.constraint ?? 'unknown'}).`, {
    cause: error,
  })

/** PostgreSQL, appendix A: class 23, integrity constraint violation. */
const translations: Readonly<Record<string, (error: pg.DatabaseError) => SysvmError>> = {
  '23503': dependent,
  '23505': taken,
  '23514': impossible,
  '23P01': overlap,
}

/** What a violated constraint means to the caller; undefined when the error is something else. */
export const violationOf = (error: unknown): SysvmError | undefined =>
  error instanceof pg.DatabaseError ? translations[error.code ?? '']?.(error) : undefined
