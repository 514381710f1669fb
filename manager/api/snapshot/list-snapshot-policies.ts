import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { refuseNamed } from '../nothing.ts'
import { ownerFilter, ownersOf } from '../owner.ts'
import { pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { defineResponse, tagFields } from '../response.ts'

export const listSnapshotPolicies = defineCommand({
  name: 'listSnapshotPolicies',
  authorized: everyone,
  description: 'Lists schedules of snapshots; there are none yet.',
  params: {
    fordisplay: p.boolean('Accepted for clients that send it; all are shown.'),
    id: p.plainUuid('Only the one of this id.'),
    volumeid: p.plainUuid('Only those of this volume.'),
    ...ownerFilter,
    ...search,
  },
  answer: 'list',
  response: defineResponse('snapshotpolicy', {
    id: ['string', 'Its id.'],
    volumeid: ['string', 'Its volume.'],
    volumename: ['string', "Its volume's name."],
    schedule: ['string', 'When it is taken.'],
    intervaltype: ['integer', 'How often it is taken.'],
    maxsnaps: ['integer', 'How many are kept.'],
    timezone: ['string', 'Time zone of its schedule.'],
    fordisplay: ['boolean', 'Whether it is shown to its owner.'],
    tags: ['set', 'Its tags.', tagFields],
  }),
  run: async (context, params) => {
    await ownersOf(context, params)
    pageOf(params)
    refuseNamed('id', 'snapshot policy', params.id)
    refuseNamed('volumeid', 'volume', params.volumeid)
    return { count: 0, items: [] }
  },
})
