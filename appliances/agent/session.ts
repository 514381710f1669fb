import { readdir, readFile, stat } from 'node:fs/promises'
import { CONTROL_USER } from './api/index.ts'
import type { FreshSession } from './commit/machine.ts'
import { readTextFile } from './effects/index.ts'

/** Field 22 of /proc/PID/stat (proc(5)) counts these per second on every Linux architecture that Debian has. */
const TICKS_PER_SECOND = 100

const idOf = async (user: string): Promise<number | undefined> => {
  const line = (await readTextFile('/etc/passwd'))?.split('\n').find((entry) => entry.startsWith(`${user}:`))
  return line === undefined ? undefined : Number(line.split(':')[2])
}

/** Seconds from boot to the process's start; the command name before it may hold spaces and parentheses. */
export const startOf = (stat: string): number => {
  const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return Number(afterName[19]) / TICKS_PER_SECOND
}

/**
 * Whether the control user has a login whose sshd process was started after that moment: proof that a new SSH
 * connection gets through. sshd runs one process of the user's own per connection (`sshd` to OpenSSH 9.7, then
 * `sshd-session`), so an old connection's new channel does not count. To the clock tick of 10 ms, and by the time
 * since boot: a wall clock that is set in between must neither let an old login through nor shut a new one out.
 */
export const freshControlSession: FreshSession = async (since) => {
  const uid = await idOf(CONTROL_USER)
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  for (const pid of pids) {
    try {
      if ((await stat(`/proc/${pid}`)).uid !== uid) continue
      const text = await readFile(`/proc/${pid}/stat`, 'utf8')
      if (text.includes('(sshd') && startOf(text) + 1 / TICKS_PER_SECOND >= since) return true
    } catch {
      // The process ended while it was looked at.
    }
  }
  return false
}
