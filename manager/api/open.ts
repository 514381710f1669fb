import { SysvmError } from '@sysvm/errors'
import type { Kysely } from 'kysely'
import { findShut } from '../model/account.ts'
import type { Database } from '../model/schema.ts'

/**
 * Refuses (534) to give something to accounts of which one is locked or disabled, or a project's that is suspended; what
 * is being removed is shut too. First of all in a transaction, since it holds them.
 */
export const requireOpen = async (trx: Kysely<Database>, accounts: readonly string[]): Promise<void> => {
  const shut = await findShut(trx, accounts)
  if (shut === undefined) return
  const { name, state, project, projectname } = shut
  const what = project === null ? `Account ${name} is ${state}` : `Project ${projectname} is suspended`
  throw new SysvmError('SYSVM_RESOURCE_STATE', `${what}, or is being removed: it may have nothing new.`)
}
