import { SysvmError } from '@sysvm/errors'
import { setting } from '../../model/settings/index.ts'
import type { Context } from '../command.ts'

/** 531 for users who are no administrators, unless allow.user.expunge.recover.vm lets those of their account. */
export const refuseUnlessMayExpunge = async ({ caller, db }: Context): Promise<void> => {
  if (caller.roletype !== 'User') return
  if ((await setting(db, 'allow.user.expunge.recover.vm', { account: caller.accountid })) === 'true') return
  throw new SysvmError(
    'SYSVM_API_FORBIDDEN',
    'Only administrators expunge and recover guests here: ask one, or for allow.user.expunge.recover.vm.',
  )
}
