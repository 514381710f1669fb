import { deleteStoragePoolRow } from '../../model/storage.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'
import { createdPool } from './own.ts'

export const deleteStoragePool = defineCommand({
  name: 'deleteStoragePool',
  authorized: admins,
  description: 'Forgets a storage pool; what is on it stays.',
  subject: 'storage_pools',
  params: {
    id: p.required(p.uuid('The pool.')),
    forced: p.boolean('Accepted for clients that send it; no disk is on it in any case.'),
  },
  answer: 'success',
  response: successResponse,
  run: (context, { id }) =>
    write(context, async (trx) => {
      await createdPool(trx, id)
      await deleteStoragePoolRow(trx, id)
    }),
})
