import { findJobs } from '../../model/job.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { accountFilter, ownersIn, ownersOf } from '../owner.ts'
import { listed, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { jobResponse, presentJob } from './response.ts'

export const listAsyncJobs = defineCommand({
  name: 'listAsyncJobs',
  authorized: everyone,
  description: 'Lists jobs that run, or with startdate all that began since.',
  params: {
    startdate: p.date('Also ended jobs that began at this time or later.'),
    ...accountFilter,
    ...search,
  },
  unsupported: ['managementserverid'],
  answer: 'list',
  response: jobResponse,
  run: async (context, params) => {
    const accounts = await ownersOf(context, params)
    const jobs = await findJobs(
      context.db,
      { accounts, since: params.startdate, keyword: params.keyword },
      pageOf(params),
    )
    const owners = await ownersIn(context.db, jobs.rows)
    return listed(jobs, (job) => presentJob(owners, job))
  },
})
