import { SysvmError } from '@sysvm/errors'
import { findDomain } from '../../model/domain.ts'
import { numberSetting } from '../../model/settings/index.ts'
import { aggregateUsage } from '../../model/usage/aggregate.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { untilOf } from '../event/until.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'

export const generateUsageRecords = defineCommand({
  name: 'generateUsageRecords',
  authorized: admins,
  description:
    'Adds up the periods that are over, now instead of within the hour. A period is added up once, whoever asks.',
  params: {
    startdate: p.date('Accepted for clients that send it: the first period that is missing is the first.'),
    enddate: p.date('Only periods that end by then; a date alone means the whole day. Default: all that are over.'),
    domainid: p.uuid('Accepted for clients that send it: the records of all domains are made.'),
  },
  answer: 'success',
  response: successResponse,
  run: async ({ db }, { startdate, enddate, domainid }) => {
    if (domainid !== undefined) found(await findDomain(db, domainid), 'domainid', 'domain', domainid)
    if (startdate !== undefined && enddate !== undefined && startdate > enddate)
      throw new SysvmError('SYSVM_API_PARAMETER', 'Parameter enddate: it is before startdate.')
    await aggregateUsage(db, await numberSetting(db, 'usage.stats.job.aggregation.range'), untilOf(enddate))
  },
})
