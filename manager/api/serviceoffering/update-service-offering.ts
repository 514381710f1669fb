import { findServiceOffering, updateServiceOfferingRow } from '../../model/serviceoffering.ts'
import { admins } from '../authorized.ts'
import { changes } from '../changes.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { newReachParams, readReach, readTags } from '../offering/reach.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { presentServiceOffering, serviceOfferingResponse } from './response.ts'

const tagsOf = (parameter: string, given: string | undefined) =>
  given === undefined ? undefined : readTags(parameter, given)

export const updateServiceOffering = defineCommand({
  name: 'updateServiceOffering',
  authorized: admins,
  description: 'Changes what a size of machines is called and who may use it; guests that have it keep it.',
  params: {
    id: p.required(p.uuid('The offering.')),
    name: p.name('New name, unique.'),
    displaytext: p.text('New text for people.'),
    hosttags: p.text('New tags that a host needs from now on, with commas; empty: none.'),
    storagetags: p.text('New tags of the storage of its disks, with commas; empty: none.'),
    state: p.choice('Inactive: no guest can be made of it any more.', ['Active', 'Inactive']),
    sortkey: p.integer('Place in lists: higher first.', -(2 ** 31)),
    purgeresources: p.only('Whether the rows of expunged guests are dropped at once; they are in any case.', true),
    ...newReachParams,
  },
  unsupported: ['cleanupexternaldetails', 'externaldetails'],
  answer: 'object',
  response: serviceOfferingResponse,
  run: (context, { id, name, displaytext, state, sortkey, ...params }) =>
    write(context, async (trx) => {
      found(await findServiceOffering(trx, id), 'id', 'service offering', id)
      const values = {
        ...changes({ name, displaytext, state, sortkey }),
        ...changes({
          hosttags: tagsOf('hosttags', params.hosttags),
          storagetags: tagsOf('storagetags', params.storagetags),
        }),
        ...(await readReach(trx, params)),
      }
      return presentServiceOffering(
        found(await updateServiceOfferingRow(trx, id, values), 'id', 'service offering', id),
      )
    }),
})
