import { SysvmError } from '@sysvm/errors'
import type { AccountTable } from '../../model/schema/identity.ts'

/** CloudStack's numbers of account types. */
export const accountTypes: Readonly<Record<AccountTable['type'], number>> = {
  User: 0,
  Admin: 1,
  DomainAdmin: 2,
  ResourceAdmin: 3,
  Project: 5,
}

/** The type of a number; refused when there is none. */
export const accountTypeOf = (number: number | undefined): AccountTable['type'] | undefined => {
  if (number === undefined) return undefined
  const [type] = Object.entries(accountTypes).find(([, value]) => value === number) ?? []
  if (type !== undefined) return type as AccountTable['type']
  throw new SysvmError(
    'SYSVM_API_PARAMETER',
    `Parameter accounttype: ${number} is not one of ${Object.values(accountTypes).join(', ')}.`,
  )
}
