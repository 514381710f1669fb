import { findStoragePool, updateStoragePoolRow } from '../../model/storage.ts'
import type { Context } from '../command.ts'
import { doneJob } from '../done-job.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { createdPool } from './own.ts'
import { presentStoragePool, storagePoolResponse } from './response.ts'

/** What a command that only brings a storage pool into a state takes, does and answers. */
export const inState = (cmd: string, state: 'Up' | 'Maintenance') => ({
  params: { id: p.required(p.uuid('The pool.')) },
  answer: 'job' as const,
  response: storagePoolResponse,
  result: async ({ db }: Context, id: string) => {
    const pool = await findStoragePool(db, id)
    return pool && presentStoragePool(pool)
  },
  run: (context: Context, { id }: { readonly id: string }) =>
    write(context, async (trx) => {
      await createdPool(trx, id)
      await updateStoragePoolRow(trx, id, { state })
      return { jobid: await doneJob(trx, cmd, 'StoragePool', id) }
    }),
})
