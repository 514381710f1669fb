import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { refuseNamed } from '../nothing.ts'
import { ownerFilter, ownersOf } from '../owner.ts'
import { pageOf, search, tagsFilter } from '../paging.ts'
import * as p from '../parameter.ts'
import { defineResponse, tagFields } from '../response.ts'

export const listSnapshots = defineCommand({
  name: 'listSnapshots',
  authorized: everyone,
  description: 'Lists snapshots of volumes; there are none yet.',
  params: {
    id: p.plainUuid('Only the one of this id.'),
    ids: p.plainUuids('Only those of these ids.'),
    imagestoreid: p.uuid('Only those in this image store.'),
    intervaltype: p.choice('Only those taken so often.', ['HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY']),
    locationtype: p.choice('Only those kept in primary or in secondary storage.', ['PRIMARY', 'SECONDARY']),
    name: p.text('Only those of this name.'),
    showunique: p.boolean('True: each once, not once a zone.'),
    snapshottype: p.choice('Only those of this kind.', ['MANUAL', 'RECURRING', 'HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY']),
    storageid: p.uuid('Only those kept there.'),
    volumeid: p.plainUuid('Only those of this volume.'),
    zoneid: p.uuid('Only those in this zone.'),
    ...ownerFilter,
    ...tagsFilter,
    ...search,
  },
  answer: 'list',
  response: defineResponse('snapshot', {
    id: ['string', 'Its id.'],
    account: ['string', 'The owning account.'],
    domainid: ['string', "The owner's domain."],
    domain: ['string', "Name of the owner's domain."],
    domainpath: ['string', "Path of the owner's domain."],
    projectid: ['string', 'The project that owns it, instead of an account.'],
    project: ['string', "That project's name."],
    snapshottype: ['string', 'MANUAL or RECURRING.'],
    volumeid: ['string', 'Its volume.'],
    volumename: ['string', "Its volume's name."],
    volumetype: ['string', "Its volume's kind."],
    volumestate: ['string', "Its volume's state."],
    created: ['date', 'When it was made.'],
    name: ['string', 'Its name.'],
    intervaltype: ['string', 'How often it is taken.'],
    locationtype: ['string', 'Where it is kept: primary or secondary storage.'],
    state: ['string', 'Its state.'],
    status: ['string', 'How far it is.'],
    physicalsize: ['long', 'Bytes that it takes.'],
    chainsize: ['long', 'Bytes of it and all it is made of.'],
    zoneid: ['string', 'Its zone.'],
    zonename: ['string', "Its zone's name."],
    revertable: ['boolean', 'Whether its volume can go back to it.'],
    ostypeid: ['string', 'Its system.'],
    osdisplayname: ['string', "Its system's name."],
    virtualsize: ['long', 'Bytes that its guest sees.'],
    datastoreid: ['string', 'Where it is kept.'],
    datastorename: ['string', 'Name of where it is kept.'],
    datastorestate: ['string', 'State of where it is kept.'],
    datastoretype: ['string', 'Kind of where it is kept.'],
    downloaddetails: ['map', 'How far its download is.'],
    tags: ['set', 'Its tags.', tagFields],
  }),
  run: async (context, params) => {
    await ownersOf(context, params)
    pageOf(params)
    refuseNamed('id', 'snapshot', params.id)
    refuseNamed('ids', 'snapshot', params.ids?.[0])
    refuseNamed('volumeid', 'volume', params.volumeid)
    return { count: 0, items: [] }
  },
})
