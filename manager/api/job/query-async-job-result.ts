import { findJob } from '../../model/job.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { ownersIn } from '../owner.ts'
import * as p from '../parameter.ts'
import { jobResponse, presentJob } from './response.ts'
import { jobResult } from './result.ts'

export const queryAsyncJobResult = defineCommand({
  name: 'queryAsyncJobResult',
  authorized: everyone,
  description: 'Shows how far a job is, and its result when it has ended.',
  params: { jobid: p.required(p.uuid('The job.')) },
  answer: 'flat',
  response: jobResponse,
  run: async (context, { jobid }) => {
    const job = found(await findJob(context.db, jobid), 'jobid', 'job', jobid)
    return presentJob(await ownersIn(context.db, [job]), job, await jobResult(context, job))
  },
})
