import { SysvmError } from '@sysvm/errors'
import type { Transaction, Updateable } from 'kysely'
import type { Database, GuestTable } from '../../model/schema.ts'
import { findUserData } from '../../model/userdata.ts'
import { refuseForeign } from '../cross-account.ts'
import { found } from '../found.ts'
import type { MapEntries } from '../parameter.ts'
import { readDetails } from '../userdata/details.ts'

/** As CloudStack's vm.userdata.max.length: bytes of base64 that a guest may have. */
const LONGEST = 1_048_576

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

/** User data comes in base64, padded or not, URL-safe or not; it is kept in the plain padded form. */
export const readUserData = (given: string): string => {
  const text = given
    .replaceAll(/[\r\n]/g, '')
    .replaceAll('-', '+')
    .replaceAll('_', '/')
    .replace(/=+$/, '')
  if (text.length > LONGEST) throw bad(`Parameter userdata: longer than ${LONGEST} bytes of base64.`)
  const bytes = Buffer.from(text, 'base64')
  const padded = bytes.toString('base64')
  // Node skips what is not base64: only what comes back the same was.
  if (padded.replace(/=+$/, '') !== text) throw bad('Parameter userdata: is not base64.')
  return padded
}

interface Asked {
  readonly userdata?: string | undefined
  readonly userdataid?: string | undefined
  readonly userdatadetails?: MapEntries | undefined
}

type Chosen = Pick<Updateable<GuestTable>, 'userdata' | 'userdata_id' | 'userdata_details'>

/** What a guest's row becomes by the parameters: its own user data, or registered one; nothing that was not given. */
export const chosenUserData = async (
  trx: Transaction<Database>,
  account: string,
  { userdata, userdataid, userdatadetails }: Asked,
): Promise<Chosen> => {
  if (userdata !== undefined && userdataid !== undefined)
    throw bad('Parameters userdata and userdataid exclude each other: give one.')
  if (userdataid !== undefined) {
    const shared = found(await findUserData(trx, userdataid), 'userdataid', 'user data', userdataid)
    refuseForeign(account, shared, 'userdataid', `the user data ${shared.name}`)
  }
  return {
    ...(userdata === undefined ? {} : { userdata: userdata === '' ? null : readUserData(userdata), userdata_id: null }),
    ...(userdataid === undefined ? {} : { userdata: null, userdata_id: userdataid }),
    ...(userdatadetails === undefined ? {} : { userdata_details: JSON.stringify(readDetails(userdatadetails)) }),
  }
}
