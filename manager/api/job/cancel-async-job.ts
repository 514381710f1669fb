import { SysvmError } from '@sysvm/errors'
import type { Transaction } from 'kysely'
import { findGuest, type Guest, lockGuest } from '../../model/guest.ts'
import { type AsyncJob, findJob } from '../../model/job.ts'
import { bringsBack, cancellable, endCancelled, lockJob, takeBack } from '../../model/jobcancel.ts'
import { balancedNetworksOfGuest } from '../../model/loadbalancer.ts'
import { reviseNetworks } from '../../model/network.ts'
import type { Database } from '../../model/schema.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { requireRoomAgain, requireUnchanged } from '../guest/room.ts'
import { requireOpen } from '../open.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'

const words = ['runs', 'is done', 'failed', 'was cancelled'] as const

const refusal = (job: AsyncJob): SysvmError => {
  const details = { job: job.id, cmd: job.cmd, jobstatus: job.jobstatus }
  if (job.jobstatus !== 0)
    return new SysvmError('SYSVM_RESOURCE_STATE', `The job ${job.id} ${words[job.jobstatus]} already.`, { details })
  const why = cancellable.includes(job.cmd)
    ? 'it is too far: what it wanted is done, or half undone'
    : `what ${job.cmd} wants is written down, and only the command that is its opposite takes it back`
  return new SysvmError('SYSVM_RESOURCE_STATE', `The job ${job.id} cannot be cancelled: ${why}.`, { details })
}

/** Commands whose guest runs again when they are taken back. */
const restarts = ['destroyVirtualMachine', 'stopVirtualMachine']

/** The guest that comes back, with room for it. Undefined: none does. Before anything is held. */
const returning = async (trx: Transaction<Database>, jobid: string): Promise<Guest | undefined> => {
  const job = await findJob(trx, jobid)
  if (job === undefined) return undefined
  const guest = restarts.includes(job.cmd) ? await findGuest(trx, job.target) : undefined
  if (guest !== undefined) await requireOpen(trx, [guest.account])
  if (!(await bringsBack(trx, job))) return undefined
  if (guest?.desired === 'Destroyed' || guest?.desired === 'Expunged') await requireRoomAgain(trx, guest)
  return guest
}

export const cancelAsyncJob = defineCommand({
  name: 'cancelAsyncJob',
  authorized: everyone,
  description: `Ends a job that runs as cancelled and takes back what its command wanted; a guest whose deployment is cancelled is removed. For jobs of ${cancellable.join(', ')}. Of sysvm alone.`,
  params: { jobid: p.required(p.uuid('The job.')) },
  answer: 'success',
  response: successResponse,
  run: (context, { jobid }) =>
    write(context, async (trx) => {
      const seen = await returning(trx, jobid)
      const job = found(await lockJob(trx, jobid), 'jobid', 'job', jobid)
      if (job.jobstatus !== 0) throw refusal(job)
      const guest = job.target_kind === 'guest' ? await lockGuest(trx, job.target) : undefined
      if (seen !== undefined && guest !== undefined) requireUnchanged(seen, guest)
      if (!(await takeBack(trx, job))) throw refusal(job)
      await endCancelled(trx, job, context.caller.username)
      if (guest !== undefined) {
        // Balancers have its guests that should run.
        const networks = await balancedNetworksOfGuest(trx, guest.id)
        await reviseNetworks(trx, networks)
        for (const network of networks) await context.jobs.wake(trx, 'network', network)
      }
      if (job.target_kind !== 'none') await context.jobs.wake(trx, job.target_kind, job.target)
    }),
})
