import { readdir, readFile, readlink, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** State letter of proc_pid_stat(5); undefined: no such process. */
const stateOf = async (pid: string): Promise<string | undefined> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  // The name before it may hold anything, blanks and brackets too.
  return stat?.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3)
}

/** PostgreSQL's processes work in their data directory. */
const anyoneIn = async (folder: string): Promise<boolean> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const folders = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => '')))
  return folders.includes(folder)
}

const WAIT_MS = 10_000

/**
 * Where nobody reaps orphans, as in a container without an init, a killed server stays a zombie, and PostgreSQL takes
 * its lock files for those of a living one. They are removed once no process of that server is left.
 */
export const clearLeftover = async (data: string, socket: string): Promise<void> => {
  const file = join(data, 'postmaster.pid')
  const [pid = ''] = (await readFile(file, 'utf8').catch(() => '')).split('\n')
  if ((await stateOf(pid)) !== 'Z') return
  const until = performance.now() + WAIT_MS
  while (await anyoneIn(data)) {
    if (performance.now() > until) return
    await sleep(50)
  }
  await rm(file, { force: true })
  await rm(join(socket, '.s.PGSQL.5432.lock'), { force: true })
}
