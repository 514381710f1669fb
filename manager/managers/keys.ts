import { createHash } from 'node:crypto'
import { SysvmError } from '@sysvm/errors'
import { type Kysely, sql } from 'kysely'
import type { Database } from '../model/database.ts'

/** Tells one seal key from another, and nothing of it. */
const fingerprintOf = (sealKey: Uint8Array): string =>
  createHash('sha256').update('sysvm seal key').update(sealKey).digest('base64')

/** The secrets of a database are sealed with one key: the first manager's. Rejects with SYSVM_KEYS when this is another. */
export const checkKeys = async (db: Kysely<Database>, sealKey: Uint8Array): Promise<void> => {
  const own = fingerprintOf(sealKey)
  const { rows } = await sql<{ keys: string }>`
    update fence set keys = coalesce(keys, ${own}) returning keys`.execute(db)
  if (rows[0]?.keys === own) return
  throw new SysvmError(
    'SYSVM_KEYS',
    'The secrets of this database are sealed with other keys than those of this manager: give it the keys folder of the others, or that of the backup.',
  )
}
