import type { Command } from '../command.ts'
import { cancelAsyncJob } from './cancel-async-job.ts'
import { listAsyncJobs } from './list-async-jobs.ts'
import { queryAsyncJobResult } from './query-async-job-result.ts'

export const jobCommands: readonly Command[] = [cancelAsyncJob, listAsyncJobs, queryAsyncJobResult]
