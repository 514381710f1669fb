import { findImageStores } from '../../model/storage.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { listed, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { imageStoreResponse, presentImageStore } from './response.ts'

export const listImageStores = defineCommand({
  name: 'listImageStores',
  authorized: admins,
  description: 'Lists image stores.',
  since: '4.2.0',
  params: {
    id: p.uuid('Only the store of this id.'),
    name: p.text('Only the store of this name.'),
    zoneid: p.uuid('Only stores that this zone can use.'),
    protocol: p.choice('Only stores of this protocol.', ['nfs', 'file']),
    provider: p.text('Only stores of this provider.'),
    readonly: p.boolean('Only those that are closed for what is new, or only others.'),
    ...search,
  },
  answer: 'list',
  response: imageStoreResponse,
  run: async ({ db }, params) =>
    listed(await findImageStores(db, { ...params, zone: params.zoneid }, pageOf(params)), presentImageStore),
})
