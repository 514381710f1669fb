import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { refuseNamed } from '../nothing.ts'
import { ownerFilter, ownersOf } from '../owner.ts'
import { pageOf, search, tagsFilter } from '../paging.ts'
import * as p from '../parameter.ts'
import { defineResponse, ownerShown, tagFields } from '../response.ts'
import { VOLUME_STATES } from '../volume/states.ts'

export const listVMSnapshot = defineCommand({
  name: 'listVMSnapshot',
  authorized: everyone,
  since: '4.2.0',
  description: 'Lists snapshots of guests; there are none yet.',
  params: {
    name: p.text('Only those of this name.'),
    state: p.choice('Only those in this state.', VOLUME_STATES),
    virtualmachineid: p.uuid('Only those of this guest.'),
    vmsnapshotid: p.plainUuid('Only the one of this id.'),
    vmsnapshotids: p.plainUuids('Only those of these ids.'),
    ...ownerFilter,
    ...tagsFilter,
    ...search,
  },
  answer: 'list',
  response: defineResponse('vmsnapshot', {
    id: ['string', 'Its id.'],
    name: ['string', 'Its name.'],
    state: ['string', 'Its state.'],
    description: ['string', 'What it is, for people.'],
    displayname: ['string', 'Its name for people.'],
    zoneid: ['string', 'Its zone.'],
    zonename: ['string', "Its zone's name."],
    virtualmachineid: ['string', 'Its guest.'],
    virtualmachinename: ['string', "Its guest's name."],
    parent: ['string', 'The one that it goes on from.'],
    parentName: ['string', 'Name of the one that it goes on from.'],
    current: ['boolean', 'Whether the guest goes on from it.'],
    type: ['string', 'Its kind.'],
    created: ['date', 'When it was made.'],
    ...ownerShown,
    hypervisor: ['string', 'Hypervisor that it is for.'],
    tags: ['set', 'Its tags.', tagFields],
  }),
  run: async (context, params) => {
    await ownersOf(context, params)
    pageOf(params)
    refuseNamed('vmsnapshotid', 'snapshot', params.vmsnapshotid)
    refuseNamed('vmsnapshotids', 'snapshot', params.vmsnapshotids?.[0])
    return { count: 0, items: [] }
  },
})
