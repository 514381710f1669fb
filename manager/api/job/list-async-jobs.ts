import { findJobs } from '../../model/job.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { accountFilter, checkOwner } from '../owner.ts'
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
    checkOwner(context, params)
    const jobs = await findJobs(context.db, { since: params.startdate, keyword: params.keyword }, pageOf(params))
    return listed(jobs, (job) => presentJob(context.caller, job))
  },
})
