import { readFile } from 'node:fs/promises'
import { startRouter, type TestRouter } from '../fault/agent/container.ts'
import { agentPid } from '../fault/agent/inside.ts'
import { createLab } from '../lab/index.ts'
import { type Bench, round } from './bench.ts'

/** What the issue allows the agent, in MiB. */
const LIMIT = 64

/** Resident and proportional set size in MiB (proc_pid_smaps(5)). */
const memoryOf = async (pid: number): Promise<{ rss: number; pss: number; dirty: number }> => {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8')
  const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]) / 1024
  return { rss: round(field('Rss')), pss: round(field('Pss')), dirty: round(field('Private_Dirty')) }
}

const measure = async (router: TestRouter) => {
  const pid = await agentPid(router)
  if (pid === undefined) throw new Error('the machine has no agent')
  return memoryOf(pid)
}

export const bench: Bench = {
  name: 'agent',
  title: `Memory of the agent in a router, in MiB, beside the ${LIMIT} MiB it may have`,
  run: async (print) => {
    await using lab = await createLab('bench-agent')
    const router = await startRouter(lab)
    await router.ready()
    const idle = await measure(router)
    print({ state: 'booted, nothing committed', ...idle })
    await router.commit(router.spec(1))
    const small = await measure(router)
    print({ state: 'router with all services', ...small })
    for (let generation = 2; generation <= 21; generation += 1) await router.commit(router.spec(generation))
    const worked = await measure(router)
    print({ state: 'after 20 more commits', ...worked })
    const ours = Math.max(idle.pss, small.pss, worked.pss)
    return { unit: 'MiB PSS', ours, other: LIMIT, ratio: round(LIMIT / ours, 2), detail: { idle, small, worked } }
  },
}
