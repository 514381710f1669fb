import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import type { TestRouter } from './container.ts'

const program = promisify(execFile)

/** Processes of the machine, as this host numbers them, whose command line has these words in this order. */
const processes = async ({ netns }: TestRouter, ...words: readonly string[]): Promise<number[]> => {
  const pids = (await program('ip', ['netns', 'pids', netns])).stdout.split('\n').filter((pid) => pid !== '')
  const found = await Promise.all(
    pids.map(async (pid) => {
      const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
      return line.includes(words.join('\0')) ? [Number(pid)] : []
    }),
  )
  return found.flat()
}

/** The agent's process; undefined while there is none. */
export const agentPid = async (router: TestRouter): Promise<number | undefined> => {
  const [all, metadata] = await Promise.all([
    processes(router, '/usr/lib/sysvm/start.mjs'),
    processes(router, '/usr/lib/sysvm/start.mjs', 'metadata'),
  ])
  return all.find((pid) => !metadata.includes(pid))
}

/** Runs a program of the image in the machine, past the agent. */
export const inside = async (router: TestRouter, ...argv: readonly [string, ...string[]]): Promise<string> => {
  const [init] = await processes(router, '/usr/lib/sysvm/start.mjs')
  const { stdout } = await program('nsenter', ['-t', `${init}`, '-m', '-n', '-p', '-r', '--', ...argv])
  return stdout
}
