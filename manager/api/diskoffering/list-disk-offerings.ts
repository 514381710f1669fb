import { findDiskOfferings } from '../../model/diskoffering.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { offeringsOf } from '../offering/reach.ts'
import { ownerFilter, ownersOf } from '../owner.ts'
import { listed, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { diskOfferingResponse, presentDiskOffering } from './response.ts'

export const listDiskOfferings = defineCommand({
  name: 'listDiskOfferings',
  authorized: everyone,
  description: 'Lists sizes of data disks.',
  params: {
    id: p.uuid('Only the offering of this id.'),
    name: p.text('Only offerings of this name.'),
    state: p.choice('Only offerings in this state. Default: Active.', ['Active', 'Inactive']),
    storagetype: p.choice('Only offerings whose disks are there.', ['local', 'shared']),
    encrypt: p.boolean('Only offerings whose disks are encrypted, or are not.'),
    zoneid: p.uuid('Only offerings that can be used in this zone.'),
    ...ownerFilter,
    ...search,
  },
  unsupported: ['storageid', 'virtualmachineid', 'volumeid'],
  answer: 'list',
  response: diskOfferingResponse,
  run: async (context, params) => {
    // Offerings are nobody's: an owner that may be asked about changes nothing.
    await ownersOf(context, params)
    const filter = {
      ...params,
      zone: params.zoneid,
      domainpath: offeringsOf(context.caller),
      state: params.state ?? (params.id === undefined ? ('Active' as const) : undefined),
    }
    return listed(await findDiskOfferings(context.db, filter, pageOf(params)), presentDiskOffering)
  },
})
