import { findStoragePool, updateStoragePoolRow } from '../../model/storage.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { createdPool } from './own.ts'
import { presentStoragePool, storagePoolResponse } from './response.ts'

export const enableStorageMaintenance = defineCommand({
  name: 'enableStorageMaintenance',
  authorized: admins,
  description: 'Closes a storage pool for maintenance.',
  params: { id: p.required(p.uuid('The pool.')) },
  answer: 'job',
  response: storagePoolResponse,
  result: async ({ db }, id) => {
    const pool = await findStoragePool(db, id)
    return pool && presentStoragePool(pool)
  },
  run: (context, { id }) =>
    write(context, async (trx) => {
      await createdPool(trx, id)
      await updateStoragePoolRow(trx, id, { state: 'Maintenance' })
      return { jobid: await doneJob(trx, 'enableStorageMaintenance', 'StoragePool', id) }
    }),
})
