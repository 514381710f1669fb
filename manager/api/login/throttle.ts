import { isIPv6 } from 'node:net'
import { SysvmError } from '@sysvm/errors'
import type { Kysely } from 'kysely'
import { countAttempt, forgiveAttempt } from '../../model/login-attempt.ts'
import type { Database } from '../../model/schema.ts'
import { numberSetting } from '../../model/settings/index.ts'

/** An address is many people's behind a NAT; of IPv6 a client has a whole /64. */
const ADDRESS_FACTOR = 4

const placeOf = (address: string): string => {
  const plain = address.replace(/^::ffff:(?=\d+\.)/, '').replace(/%.*$/, '')
  if (!isIPv6(plain)) return plain
  const [head = '', tail] = plain.split('::')
  const front = head === '' ? [] : head.split(':')
  const back = tail === undefined || tail === '' ? [] : tail.split(':')
  const groups = [...front, ...Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0'), ...back]
  return `${groups.slice(0, 4).join(':')}::/64`
}

export interface Attempt {
  readonly domainpath: string
  readonly username: string
  readonly address: string
}

const subjectsOf = ({ domainpath, username, address }: Attempt) => ({
  name: `user ${domainpath.toLowerCase()} ${username}`.slice(0, 1000),
  address: `address ${placeOf(address)}`,
})

/** Counts the attempt; rejects when the name or the address must wait. Resolves with what takes a good one back. */
export const admitAttempt = async (db: Kysely<Database>, attempt: Attempt): Promise<() => Promise<void>> => {
  const allowed = await numberSetting(db, 'incorrect.login.attempts.allowed')
  const { name, address } = subjectsOf(attempt)
  const wait =
    (await countAttempt(db, { subject: address, free: allowed * ADDRESS_FACTOR })) ||
    (await countAttempt(db, { subject: name, free: allowed }))
  if (wait > 0) throw new SysvmError('SYSVM_API_LIMIT', `There were too many failed logins: try again in ${wait} s.`)
  return () => forgiveAttempt(db, { name, address })
}
