import { randomInt } from 'node:crypto'
import { fromNumber, toNumber } from '@sysvm/agent/spec'
import type { Transaction } from 'kysely'
import type { Database } from '../model/database.ts'
import { exhausted, lockAllocator } from './number.ts'

/** RFC 3927 2.1 keeps the first and last 256 addresses of 169.254.0.0/16 back; 169.254.169.254 is the metadata's. */
const FIRST = toNumber('169.254.1.0')
const LAST = toNumber('169.254.254.255')
const METADATA = toNumber('169.254.169.254')

/** One of the free addresses, each as likely: one that was given back is not given out again at once. */
export const pickLinkLocal = (
  taken: readonly string[],
  random: (below: number) => number = randomInt,
): string | undefined => {
  const used = new Set(taken.map(toNumber)).add(METADATA)
  const total = LAST - FIRST + 1
  if (used.size >= total) return undefined
  // The rank of a free address, then a walk over the taken ones below it.
  let value = FIRST + random(total - used.size)
  for (const other of [...used].sort((a, b) => a - b)) if (other <= value) value++
  return fromNumber(value)
}

/** A control address that no router of the zone has. The caller inserts its row in the same transaction. */
export const chooseLinkLocal = async (trx: Transaction<Database>, zone: string): Promise<string> => {
  await lockAllocator(trx, 'linklocal', zone)
  const rows = await trx.selectFrom('router').select('linklocal').where('zone', '=', zone).execute()
  const address = pickLinkLocal(rows.map((row) => row.linklocal))
  if (address === undefined)
    throw exhausted('The zone has no link-local control address left: it holds 65,023 system VMs.', { zone })
  return address
}
