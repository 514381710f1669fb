import { findServiceOfferings } from '../../model/offering.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { asksForNone, noneFilters, noneIds } from '../none.ts'
import { offeringsOf } from '../offering/reach.ts'
import { ownerFilter, ownersOf } from '../owner.ts'
import { listed, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { presentServiceOffering, serviceOfferingResponse } from './response.ts'

export const listServiceOfferings = defineCommand({
  name: 'listServiceOfferings',
  authorized: everyone,
  description: 'Lists sizes of machines; without issystem those for guests.',
  params: {
    id: p.uuid('Only the offering of this id.'),
    name: p.text('Only offerings of this name.'),
    issystem: p.boolean('True: only those for system VMs.'),
    cpunumber: p.integer('At least so many processors.'),
    cpuspeed: p.integer('At least this share of a processor, in MHz.'),
    memory: p.integer('At least so much memory, in MiB.'),
    virtualmachineid: p.uuid('Only what this guest can be changed to.'),
    zoneid: p.uuid('Only offerings that can be used in this zone.'),
    systemvmtype: p.choice('Only those for system VMs of this kind.', [
      'domainrouter',
      'consoleproxy',
      'secondarystoragevm',
    ]),
    storagetype: p.choice('Only those that were made for this.', ['local', 'shared']),
    encryptroot: p.boolean('Only those whose disks are encrypted, which none is, or are not.'),
    templateid: p.uuid('Accepted for clients that send it; every template fits every offering.'),
    state: p.choice('Only offerings in this state.', ['Active', 'Inactive']),
    ...ownerFilter,
    gpuenabled: noneFilters.gpuenabled,
    vgpuprofileid: noneIds.vgpuprofileid,
    ...search,
  },
  answer: 'list',
  response: serviceOfferingResponse,
  run: async (context, params) => {
    await ownersOf(context, params)
    if (params.encryptroot === true || asksForNone(params)) return { count: 0, items: [] }
    const issystem = params.issystem ?? (params.id === undefined ? false : undefined)
    const filter = {
      ...params,
      ...{ guest: params.virtualmachineid, zone: params.zoneid, issystem, domainpath: offeringsOf(context.caller) },
      // Those that are no longer given are shown to who names one.
      state: params.state ?? (params.id === undefined ? ('Active' as const) : undefined),
    }
    return listed(await findServiceOfferings(context.db, filter, pageOf(params)), presentServiceOffering)
  },
})
