import { findServiceOfferings } from '../../model/offering.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { checkOwner, ownerFilter } from '../owner.ts'
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
    virtualmachineid: p.uuid('Only the offering of this guest.'),
    zoneid: p.uuid('Accepted for clients that send it; every zone has every offering.'),
    state: p.choice('Only offerings in this state.', ['Active', 'Inactive']),
    ...ownerFilter,
    ...search,
  },
  unsupported: ['encryptroot', 'gpuenabled', 'storagetype', 'systemvmtype', 'templateid', 'vgpuprofileid'],
  answer: 'list',
  response: serviceOfferingResponse,
  run: async (context, params) => {
    checkOwner(context, params)
    if (params.state === 'Inactive') return { count: 0, items: [] }
    const issystem = params.issystem ?? (params.id === undefined ? false : undefined)
    const filter = { ...params, guest: params.virtualmachineid, issystem }
    return listed(await findServiceOfferings(context.db, filter, pageOf(params)), presentServiceOffering)
  },
})
