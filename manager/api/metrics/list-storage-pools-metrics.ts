import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { defineResponse } from '../response.ts'
import { listStoragePools } from '../storagepool/list-storage-pools.ts'
import { storagePoolResponse } from '../storagepool/response.ts'
import type { WireValue } from '../wire/value.ts'
import { gigabytes, measured } from './plain.ts'

/** Nothing for what was never read. */
const size = (bytes: WireValue): string | undefined => (typeof bytes === 'number' ? gigabytes(bytes) : undefined)

export const listStoragePoolsMetrics = defineCommand({
  name: 'listStoragePoolsMetrics',
  authorized: admins,
  since: '4.9.3',
  description: 'Lists storage pools as listStoragePools does, with their sizes for people.',
  params: listStoragePools.params,
  answer: 'list',
  response: defineResponse('storagepool', {
    ...storagePoolResponse.fields,
    disksizetotalgb: ['string', 'What it holds.'],
    disksizeusedgb: ['string', 'Of this, used.'],
  }),
  run: (context, params) =>
    measured(listStoragePools, context, params, async () => ({ disksizetotal, disksizeused }) => ({
      disksizetotalgb: size(disksizetotal),
      disksizeusedgb: size(disksizeused),
    })),
})
