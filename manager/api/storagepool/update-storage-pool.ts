import { findStoragePool, updateStoragePoolRow } from '../../model/storage.ts'
import { admins } from '../authorized.ts'
import { changes } from '../changes.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { hostTags } from '../host/tags.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { createdPool } from './own.ts'
import { presentStoragePool, storagePoolResponse } from './response.ts'

export const updateStoragePool = defineCommand({
  name: 'updateStoragePool',
  authorized: admins,
  description: 'Changes what is recorded of a storage pool.',
  since: '3.0.0',
  params: {
    id: p.required(p.uuid('The pool.')),
    name: p.name('New name.'),
    tags: hostTags('New tags, with commas between them; empty: none.'),
    enabled: p.boolean('Whether disks may be kept there.'),
    capacitybytes: p.integer('What it holds, in bytes.', 1, Number.MAX_SAFE_INTEGER),
  },
  unsupported: ['capacityiops', 'details', 'istagarule', 'url'],
  answer: 'object',
  response: storagePoolResponse,
  run: (context, { id, name, tags, enabled, capacitybytes }) =>
    write(context, async (trx) => {
      await createdPool(trx, id)
      const state = enabled === undefined ? undefined : enabled ? ('Up' as const) : ('Disabled' as const)
      await updateStoragePoolRow(trx, id, changes({ name, tags, state, capacitybytes }))
      return presentStoragePool(found(await findStoragePool(trx, id), 'id', 'storage pool', id))
    }),
})
