import { deleteImageStoreRow } from '../../model/storage.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'

export const deleteImageStore = defineCommand({
  name: 'deleteImageStore',
  authorized: admins,
  description: 'Forgets an image store; what is on it stays.',
  since: '4.2.0',
  subject: 'image_store',
  params: { id: p.required(p.uuid('The store.')) },
  answer: 'success',
  response: successResponse,
  run: (context, { id }) =>
    write(context, async (trx) => {
      found((await deleteImageStoreRow(trx, id)) || undefined, 'id', 'image store', id)
    }),
})
