import { SysvmError } from '@sysvm/errors'
import type { Kysely } from 'kysely'
import { countAttempt, forgiveAttempt } from '../../model/login-attempt.ts'
import type { Database } from '../../model/schema.ts'
import { numberSetting } from '../../model/settings/index.ts'
import { placeOf } from '../place.ts'

/** An address is many people's behind a NAT. */
const ADDRESS_FACTOR = 4

export interface Attempt {
  readonly domainpath: string
  readonly username: string
  readonly address: string
}

/** A name is counted by whence it is tried: whoever tries it elsewhere must not keep its owner out. */
const subjectsOf = ({ domainpath, username, address }: Attempt) => ({
  name: `user ${placeOf(address)} ${domainpath.toLowerCase()} ${username}`.slice(0, 1000),
  address: `address ${placeOf(address)}`,
})

/** Counts the attempt; rejects when the name there or the address must wait. Resolves with what takes a good one back. */
export const admitAttempt = async (db: Kysely<Database>, attempt: Attempt): Promise<() => Promise<void>> => {
  const allowed = await numberSetting(db, 'incorrect.login.attempts.allowed')
  const { name, address } = subjectsOf(attempt)
  const wait =
    (await countAttempt(db, { subject: address, free: allowed * ADDRESS_FACTOR })) ||
    (await countAttempt(db, { subject: name, free: allowed }))
  if (wait > 0) throw new SysvmError('SYSVM_API_LIMIT', `There were too many failed logins: try again in ${wait} s.`)
  return () => forgiveAttempt(db, { name, address })
}
