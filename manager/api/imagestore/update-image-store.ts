import { findImageStore, updateImageStoreRow } from '../../model/storage.ts'
import { admins } from '../authorized.ts'
import { changes } from '../changes.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { imageStoreResponse, presentImageStore } from './response.ts'

export const updateImageStore = defineCommand({
  name: 'updateImageStore',
  authorized: admins,
  description: 'Renames an image store, or closes it for what is new.',
  since: '4.15.0',
  params: {
    id: p.required(p.uuid('The store.')),
    name: p.name('New name.'),
    readonly: p.boolean('Whether nothing new is kept there.'),
  },
  unsupported: ['capacitybytes'],
  answer: 'object',
  response: imageStoreResponse,
  run: (context, { id, name, readonly }) =>
    write(context, async (trx) => {
      await updateImageStoreRow(trx, id, changes({ name, readonly }))
      return presentImageStore(found(await findImageStore(trx, id), 'id', 'image store', id))
    }),
})
