import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openCluster, openDatabase } from '@sysvm/manager/model'
import { tablesWith } from '../../lab/tables.ts'
import type { Cloud } from './index.ts'

const EVERY_MS = 20

/** Command lines and environments of all that begins on this machine from now on, of short programs most. */
export const watchProcesses = (): (() => Promise<string>) => {
  const seen = new Map<string, string>()
  let ends = false
  const look = async (): Promise<void> => {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && !seen.has(name))
    const read = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '')
    for (const pid of pids) {
      const words = await read(`/proc/${pid}/cmdline`)
      // It is about to become another program.
      if (words !== '') seen.set(pid, `${words}\n${await read(`/proc/${pid}/environ`)}`)
    }
  }
  const running = (async () => {
    for (; !ends; await sleep(EVERY_MS)) await look()
  })()
  return async () => {
    ends = true
    await running
    const all = [...seen.values()].join('\n')
    if (!all.includes('systemd-nspawn')) throw new Error('no process of a machine was seen')
    return all
  }
}

const LISTS = ['listEvents', 'listAlerts', 'listAsyncJobs'] as const
const LOOKS = ['getRouterPlan', 'getRouterDrift', 'getRouterLog', 'getRouterStatus'] as const
/** Journals, and files that anybody may read; of the machine's first process as its host sees it. $1: its namespace. */
const INSIDE = `exec nsenter --target "$(ip netns pids "$1" | head -n 1)" --mount --net --pid --root sh -c '
  journalctl -o export --no-pager | tr "\\0" " "
  find /run /etc /var -xdev -type f -perm -o+r -size -1000k -exec cat {} + 2>/dev/null | tr "\\0" " " || :'`

/**
 * Where any of these secrets is found in what the system has written or answered: the manager's log, its lists and jobs'
 * results, the database, answers about routers, their journals and their files that anybody may read. By its number
 * alone: the secret itself is not to be in a test's output either.
 */
export const leaksOf = async (
  cloud: Cloud,
  secrets: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> => {
  const said = new Map(Object.entries({ ...more, 'the log of the manager': cloud.manager.output() }))
  for (const command of LISTS) said.set(command, JSON.stringify(await cloud.client.call(command, { listall: true })))
  for (const { id, name } of await cloud.list('listRouters', 'router', { listall: true })) {
    for (const look of LOOKS) {
      const answer = await cloud.client.call(look, { id: String(id) }).catch((error: unknown) => error)
      said.set(`${look} of ${name}`, answer instanceof Error ? answer.message : JSON.stringify(answer))
    }
    for (const host of cloud.hosts) {
      const { stdout } = await host.connection.run(['sh', '-c', INSIDE, 'sh', `sv-${name}`], {
        maxOutputBytes: 256 * 1024 * 1024,
      })
      // What was not read would prove nothing.
      if (!stdout.includes('_SYSTEMD_UNIT=sysvm-sshd.service')) throw new Error(`the journal of ${name} was not read`)
      said.set(`the machine ${name}`, stdout)
    }
  }
  const { url } = await openCluster(join(cloud.manager.state, 'manager'))
  const db = openDatabase(url, { connections: 1 })
  try {
    const found: string[] = []
    for (const [index, secret] of secrets.entries()) {
      // As JSON has it, too.
      const shapes = [secret, JSON.stringify(secret).slice(1, -1)]
      for (const [where, text] of said)
        if (shapes.some((shape) => text.includes(shape))) found.push(`${where}: secret ${index}`)
      for (const table of await tablesWith(db, secret)) found.push(`table ${table}: secret ${index}`)
    }
    return found
  } finally {
    await db.destroy()
  }
}
