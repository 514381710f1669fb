import type { AsyncJob } from '../../model/job.ts'
import type { Context } from '../command.ts'
import { maySee } from '../reference.ts'
import type { WireObject } from '../wire/value.ts'

const failure = (result: AsyncJob['jobresult'], code: number): WireObject => ({
  errorcode: typeof result?.errorcode === 'number' ? result.errorcode : code || 530,
  errortext:
    typeof result?.errortext === 'string'
      ? result.errortext
      : 'The job failed: the log of the manager has the details.',
})

/**
 * What a job answers: the thing as its list command shows it now, under its object name, or `{success: true}` for
 * commands that leave nothing behind, and of what the caller may not see any more. Undefined while it runs.
 */
export const jobResult = async (context: Context, job: AsyncJob): Promise<WireObject | undefined> => {
  if (job.jobstatus === 0) return undefined
  if (job.jobstatus !== 1) return failure(job.jobresult, job.jobresultcode)
  const command = context.commands.find(({ name }) => name === job.cmd)
  const id = job.instance ?? job.target
  // What was its owner's then may be another's by now, or its owner may have left the project that has it.
  if (command === undefined || !(await maySee(context, command, id))) return { success: true }
  // What was kept is not to be looked up: what the manager did itself, and what is only a part of its thing.
  const kept = job.target_kind === 'none' ? job.jobresult : null
  if (kept !== null && Object.keys(kept).length > 0) return { [command.response.object]: kept as WireObject }
  const made = await command.result?.(context, id, job)
  return made === undefined ? { success: true } : { [command.response.object]: made }
}
