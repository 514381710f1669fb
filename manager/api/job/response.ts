import type { AsyncJob } from '../../model/job.ts'
import type { OwnerFields, Owners } from '../owner.ts'
import { defineResponse, type Presented } from '../response.ts'
import type { WireObject } from '../wire/value.ts'

export const jobResponse = defineResponse('asyncjobs', {
  accountid: ['string', "The owning account's id."],
  account: ['string', 'The owning account.'],
  domainid: ['string', "The owner's domain."],
  domainpath: ['string', "Path of the owner's domain."],
  userid: ['string', 'The user that started it.'],
  cmd: ['string', 'The command that started it.'],
  jobstatus: ['integer', '0 running, 1 done, 2 failed, 3 cancelled.'],
  jobprocstatus: ['integer', 'Always 0.'],
  jobresultcode: ['integer', '0, or the error code of a failed job.'],
  jobresulttype: ['string', 'object, once there is a result.'],
  jobresult: ['object', 'What it made or changed; of a failed or cancelled job errorcode and errortext.'],
  jobinstancetype: ['string', 'Kind of the thing it works on.'],
  jobinstanceid: ['string', 'Id of the thing it works on.'],
  created: ['date', 'When it was started.'],
  completed: ['date', 'When it ended.'],
  jobid: ['string', "The job's id."],
})

const placeOf = ({ account, domainid, domainpath }: OwnerFields) => ({ account, domainid, domainpath })

export const presentJob = (
  owners: Owners,
  job: AsyncJob,
  jobresult?: WireObject,
): Presented<typeof jobResponse.fields> => ({
  accountid: job.account,
  ...placeOf(owners(job.account)),
  userid: job.cloud_user,
  cmd: job.cmd,
  jobstatus: job.jobstatus,
  jobprocstatus: 0,
  jobresultcode: job.jobresultcode,
  jobresulttype: jobresult === undefined ? null : 'object',
  jobresult,
  jobinstancetype: job.jobinstancetype,
  jobinstanceid: job.instance ?? job.target,
  created: job.created,
  completed: job.completed,
  jobid: job.id,
})
