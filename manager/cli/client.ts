import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf, SysvmError } from '@sysvm/errors'

export type Answer = Readonly<Record<string, unknown>>
export type Parameters = Readonly<Record<string, string | number | boolean | undefined>>

export interface WaitOptions {
  /** Called about twice a second while a job runs. */
  readonly onWait?: (seconds: number) => void
  readonly timeoutMs?: number
}

/** A caller of the query API; see DESIGN.md and docs/reference/api.md for the wire format. */
export interface Client {
  /** The object under `<command>response`. Rejects with SYSVM_API_UNREACHABLE or SYSVM_API_REFUSED. */
  call(command: string, parameters?: Parameters): Promise<Answer>
  /** As `call`; when the answer names a job, waits for it and returns its result. SYSVM_JOB_FAILED, SYSVM_TIMEOUT. */
  run(command: string, parameters?: Parameters, options?: WaitOptions): Promise<Answer>
}

const isObject = (value: unknown): value is Answer =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The one member of the answer: `{"listzonesresponse": {...}}`. */
const unwrap = (body: unknown): Answer | undefined => {
  const inner = isObject(body) ? Object.values(body)[0] : undefined
  return isObject(inner) ? inner : undefined
}

const refused = (command: string, status: number, answer: Answer | undefined): SysvmError => {
  const code = Number(answer?.errorcode ?? status)
  const text = String(answer?.errortext ?? `HTTP status ${status}`)
  return new SysvmError('SYSVM_API_REFUSED', `${command}: ${text} (${code})`, { details: { command, errorcode: code } })
}

const send = async (url: string, command: string, parameters: Parameters): Promise<Answer> => {
  const body = new URLSearchParams({ command, response: 'json' })
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) body.set(name, String(value))
  let response: Response
  let text: string
  try {
    response = await fetch(url, { method: 'POST', body })
    text = await response.text()
  } catch (cause) {
    const why = cause instanceof Error && cause.cause !== undefined ? messageOf(cause.cause) : messageOf(cause)
    throw new SysvmError('SYSVM_API_UNREACHABLE', `no manager answers at ${url}: ${why}; start it with: sysvm up`, {
      cause,
    })
  }
  let answer: Answer | undefined
  try {
    answer = unwrap(JSON.parse(text))
  } catch (cause) {
    throw new SysvmError('SYSVM_API_REFUSED', `${command}: ${url} did not answer with JSON (HTTP ${response.status})`, {
      cause,
    })
  }
  if (!response.ok || answer === undefined) throw refused(command, response.status, answer)
  return answer
}

const resultOf = (command: string, job: Answer): Answer => {
  const result = isObject(job.jobresult) ? job.jobresult : {}
  if (job.jobstatus === 1) return result
  const text = String(result.errortext ?? 'the job failed and left no reason')
  throw new SysvmError('SYSVM_JOB_FAILED', `${command}: ${text} (${result.errorcode ?? job.jobresultcode})`, {
    details: { command, jobid: job.jobid, errorcode: result.errorcode },
  })
}

/** Calls the query API at `url` by form POST; `pollMs` between two looks at a job. */
export const createClient = (url: string, pollMs = 400): Client => {
  const call: Client['call'] = (command, parameters = {}) => send(url, command, parameters)
  const run: Client['run'] = async (command, parameters = {}, options = {}) => {
    const first = await call(command, parameters)
    if (typeof first.jobid !== 'string') return first
    const started = Date.now()
    for (;;) {
      const job = await call('queryAsyncJobResult', { jobid: first.jobid })
      if (job.jobstatus !== 0) return resultOf(command, job)
      const elapsed = Date.now() - started
      if (elapsed > (options.timeoutMs ?? 600_000)) {
        const seconds = Math.round(elapsed / 1000)
        throw new SysvmError('SYSVM_TIMEOUT', `${command}: job ${first.jobid} still runs after ${seconds} s`, {
          details: { command, jobid: first.jobid },
        })
      }
      options.onWait?.(elapsed / 1000)
      await sleep(pollMs)
    }
  }
  return { call, run }
}

/** The objects of a list answer under `name`, none when it is empty. */
export const listOf = (answer: Answer, name: string): Answer[] => {
  const list = answer[name]
  return Array.isArray(list) ? list.filter(isObject) : []
}

export { isObject }
