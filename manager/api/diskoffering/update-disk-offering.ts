import { findDiskOffering, updateDiskOfferingRow } from '../../model/diskoffering.ts'
import { admins } from '../authorized.ts'
import { changes } from '../changes.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { newReachParams, readReach, readTags } from '../offering/reach.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { rateParams, readRates } from './rates.ts'
import { diskOfferingResponse, presentDiskOffering } from './response.ts'

export const updateDiskOffering = defineCommand({
  name: 'updateDiskOffering',
  authorized: admins,
  description: 'Changes what a size of data disks is called, who may use it and how fast it is.',
  params: {
    id: p.required(p.uuid('The offering.')),
    name: p.name('New name, unique.'),
    displaytext: p.text('New text for people.'),
    state: p.choice('Inactive: no disk can be made of it any more.', ['Active', 'Inactive']),
    displayoffering: p.boolean('False: only administrators see it.'),
    sortkey: p.integer('Place in lists: higher first.', -(2 ** 31)),
    tags: p.text('New tags of the storage of its disks, with commas; empty: none.'),
    cachemode: p.choice('How writes are cached.', ['none', 'writeback', 'writethrough']),
    ...rateParams,
    ...newReachParams,
  },
  answer: 'object',
  response: diskOfferingResponse,
  run: (context, { id, name, displaytext, state, displayoffering, sortkey, cachemode, tags, ...params }) =>
    write(context, async (trx) => {
      const { limits } = found(await findDiskOffering(trx, id), 'id', 'disk offering', id)
      const values = {
        ...changes({ name, displaytext, state, displayoffering, sortkey, cachemode }),
        ...(tags === undefined ? {} : { tags: readTags('tags', tags) }),
        ...(await readReach(trx, params)),
        limits: JSON.stringify(readRates(params, limits)),
      }
      return presentDiskOffering(found(await updateDiskOfferingRow(trx, id, values), 'id', 'disk offering', id))
    }),
})
