import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { NODE_FLAGS } from '@sysvm/manager/node-flags'
import type { ListCall } from '../../simulator/listcalls.ts'
import { round } from '../bench.ts'

export interface Child {
  readonly process: ChildProcess
  readonly port: number
  readonly cloudPort: number
}

/** A script of test/simulator as a process of its own, once it has told its port. */
export const run = async (script: string, env: NodeJS.ProcessEnv, message?: number): Promise<Child> => {
  const child = fork(join(import.meta.dirname, '../../simulator', script), [], {
    env: { ...process.env, ...env },
    // As `sysvm up` starts it.
    execArgv: [...process.execArgv, ...NODE_FLAGS],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  if (message !== undefined) child.send(message)
  const told = await Promise.race([once(child, 'message'), once(child, 'exit')])
  const [{ port }] = told as [{ port: number }]
  if (typeof port !== 'number') throw new Error(`${script} ended with ${String(told[0])}`)
  return { process: child, port, cloudPort: Number(env.SYSVM_CLOUD_API_PORT ?? 0) }
}

export const end = async ({ process: child }: Child, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill(signal)
  await ended
}

export const urlOf = ({ port }: Child, { command, params }: ListCall): string =>
  `http://127.0.0.1:${port}/client/api?${new URLSearchParams({ command, response: 'json', ...params })}`

export const call = async (child: Child, command: string, params: Readonly<Record<string, string>> = {}) => {
  const response = await fetch(urlOf(child, { command, params }))
  const [body = {}] = Object.values((await response.json()) as Record<string, Record<string, unknown>>)
  if (response.status !== 200) throw new Error(`${command}: ${JSON.stringify(body)}`)
  return body
}

const agent = new Agent({ keepAlive: true })

/** Milliseconds until the whole answer is there; undefined when it is an error. Plain HTTP: fetch adds a few of its own. */
export const timeCall = (manager: Child, one: ListCall): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const started = performance.now()
    get(urlOf(manager, one), { agent }, (response) => {
      response.resume()
      response.once('error', reject)
      response.once('end', () => resolve(response.statusCode === 200 ? performance.now() - started : undefined))
    }).once('error', reject)
  })

/** MiB, shared pages in part. */
export const memoryOf = ({ process: { pid } }: Child): number => {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  return round(Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1]) / 1024, 0)
}

/** A port that nobody listens on now. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}
