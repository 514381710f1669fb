import { SysvmError } from '@sysvm/errors'
import { setting } from '../../model/settings/index.ts'
import type { Context } from '../command.ts'

/** Administrators always; users where allow.user.expunge.recover.vm lets those of their account. */
export const mayExpunge = async ({ caller, db }: Pick<Context, 'caller' | 'db'>): Promise<boolean> =>
  caller.roletype !== 'User' ||
  (await setting(db, 'allow.user.expunge.recover.vm', { account: caller.accountid })) === 'true'

/** 531 for users who are no administrators, unless allow.user.expunge.recover.vm lets those of their account. */
export const refuseUnlessMayExpunge = async (context: Context): Promise<void> => {
  if (await mayExpunge(context)) return
  throw new SysvmError(
    'SYSVM_API_FORBIDDEN',
    'Only administrators expunge and recover guests here: ask one, or for allow.user.expunge.recover.vm.',
  )
}
