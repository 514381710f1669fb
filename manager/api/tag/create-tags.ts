import { shareAddresses } from '../../model/lock.ts'
import { insertTags } from '../../model/tag.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'
import { distinct, instanceOf, resourceType, thingsOf } from './things.ts'

export const createTags = defineCommand({
  name: 'createTags',
  authorized: everyone,
  description: 'Gives tags to things of one kind; a thing has one tag of a key.',
  since: '4.0.0',
  params: {
    resourceids: p.required(p.idTexts('The things.')),
    resourcetype: p.required(resourceType('What they are.')),
    tags: p.required(p.tags('The tags: tags[0].key and tags[0].value.')),
    customer: p.name('Whom the tags are for.'),
  },
  answer: 'job',
  response: successResponse,
  run: (context, { resourceids, resourcetype: kind, tags, customer = null }) =>
    write(context, async (trx) => {
      const wanted = distinct('tags', tags)
      // What is another's by then loses its tags, so that none of who had it may come after.
      if (kind === 'PublicIpAddress') await shareAddresses(trx, resourceids)
      const things = await thingsOf(context, trx, { parameter: 'resourceids', kind, ids: resourceids })
      const items = things.flatMap(({ id: resource, account }) =>
        wanted.map(({ key, value }) => ({ resource, account, key, value })),
      )
      await insertTags(trx, { kind, customer, items })
      return { jobid: await doneJob(trx, 'createTags', instanceOf(kind), String(resourceids[0])) }
    }),
})
