import { SysvmError } from '@sysvm/errors'
import type { Transaction } from 'kysely'
import type { Database } from '../../model/schema.ts'
import { findStoragePool, type StoragePool } from '../../model/storage.ts'
import { found } from '../found.ts'

/** A pool that was created: a host's own comes and goes with the host. */
export const createdPool = async (trx: Transaction<Database>, id: string): Promise<StoragePool> => {
  const pool = found(await findStoragePool(trx, id), 'id', 'storage pool', id)
  if (pool.host === null) return pool
  throw new SysvmError(
    'SYSVM_RESOURCE_STATE',
    `Storage pool ${pool.name} is where its host keeps the disks of its machines: it is as the host is.`,
  )
}
