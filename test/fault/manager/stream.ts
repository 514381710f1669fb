import { setTimeout as sleep } from 'node:timers/promises'
import type { ManagerProcess } from './run.ts'

type Body = Readonly<Record<string, unknown>>

/** A manager that is killed or paused answers nothing: its caller turns to another. */
const PATIENCE_MS = 3000
const PAUSE_MS = 100

/** What a manager answers under the root; undefined when it does not, or cannot now. */
const ask = async (
  at: ManagerProcess,
  command: string,
  params: Readonly<Record<string, string>>,
): Promise<Body | undefined> => {
  const query = new URLSearchParams({ command, response: 'json', ...params })
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS)
    const response = await fetch(`http://127.0.0.1:${at.port}/client/api?${query}`, { signal })
    const [body] = Object.values((await response.json()) as Record<string, Body>)
    if (response.ok) return body
    // While a manager ends, or the database cuts it off, it says that it is not available; all else is a mistake.
    if (response.status !== 503) throw new TypeError(`${command}: ${JSON.stringify(body)}`)
  } catch (error) {
    if (error instanceof TypeError && error.message.startsWith(command)) throw error
  }
  return undefined
}

export interface Stream {
  /** Jobs that a manager confirmed to have begun. */
  readonly jobs: readonly string[]
  /** How often jobs were asked for, and answered. */
  polls(): number
  /** What jobs did that none may: end twice, or run again. */
  readonly wrong: readonly string[]
  /** Ends the stream; resolves when the last call was answered. */
  end(): Promise<void>
}

/** Deploys guests, at most so many, and asks for their jobs, each time of another manager, until it is ended. */
export const startStream = (
  managers: () => readonly ManagerProcess[],
  deploy: Readonly<Record<string, string>>,
  networks: readonly string[],
  most: number,
): Stream => {
  const jobs: string[] = []
  const wrong: string[] = []
  const ended = new Map<string, unknown>()
  let ending = false
  let polls = 0
  let turn = 0
  const any = (): ManagerProcess => managers()[turn++ % managers().length] as ManagerProcess

  const deployOne = async (number: number): Promise<void> => {
    const networkids = networks[number % networks.length] ?? ''
    const begun = await ask(any(), 'deployVirtualMachine', { ...deploy, networkids, name: `guest-${number}` })
    if (typeof begun?.jobid === 'string') jobs.push(begun.jobid)
  }
  const poll = async (jobid: string): Promise<void> => {
    const found = await ask(any(), 'queryAsyncJobResult', { jobid })
    if (found === undefined) return
    polls++
    const before = ended.get(jobid)
    if (found.jobstatus !== 0) ended.set(jobid, found.completed)
    if (found.jobstatus !== 0 && found.jobstatus !== 1)
      wrong.push(`${jobid} failed: ${JSON.stringify(found.jobresult)}`)
    if (before !== undefined && found.completed !== before)
      wrong.push(`${jobid} ended at ${before}, then ${found.completed}`)
  }
  const deploying = (async () => {
    for (let number = 0; !ending && number < most; number++) {
      await deployOne(number)
      await sleep(PAUSE_MS)
    }
  })()
  const polling = (async () => {
    while (!ending) {
      for (const job of jobs.slice(-10)) await poll(job)
      await sleep(PAUSE_MS)
    }
  })()
  return {
    jobs,
    wrong,
    polls: () => polls,
    end: async () => {
      ending = true
      await Promise.all([deploying, polling])
    },
  }
}
