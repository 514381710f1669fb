import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { isOrphan, ownPrefix, startTime } from './owner.ts'

export const LAB_ROOT = '/tmp/sysvm-lab'
export const NETNS = '/run/netns'

const list = (folder: string): string[] => {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** Everything that calls one of these names its own goes: hosts, processes, namespaces, folders. */
export function remove(wanted: (name: string) => boolean): void {
  const folders = list(LAB_ROOT).filter(wanted)
  for (const folder of folders) killHosts(join(LAB_ROOT, folder))
  for (const netns of list(NETNS).filter(wanted)) removeNamespace(netns)
  for (const folder of folders) rmSync(join(LAB_ROOT, folder), { recursive: true, force: true })
}

/** Leftovers of runs that were killed. */
export const sweep = (): void => remove(isOrphan)

/** What this process made, whatever lab it belongs to. */
export const removeOwn = (): void => remove((name) => name.startsWith(ownPrefix))

/** Synchronous, because it also runs when the process is about to exit. */
export function removeNamespace(netns: string): void {
  const ip = (...argv: string[]) => execFileSync('ip', argv, { stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' })
  try {
    // Killing the first process of a container leaves nothing of it, but it may have just forked.
    for (let round = 0; round < 5; round++) {
      const pids = ip('netns', 'pids', netns).split('\n').filter(Boolean).map(Number)
      if (pids.length === 0) break
      for (const pid of pids) killNow(pid)
    }
    ip('netns', 'delete', netns)
  } catch {
    // Gone already, or never quite there.
  }
}

/** The first process of an emulated host takes everything in its pid namespace with it. */
export function killHosts(folder: string): void {
  for (const name of list(folder)) {
    if (!name.endsWith('.host')) continue
    try {
      const [pid, started] = readFileSync(join(folder, name), 'utf8').trim().split(' ')
      if (startTime(Number(pid)) === started) killNow(Number(pid))
    } catch {
      // Written by someone who died in the middle.
    }
  }
}

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Gone already.
  }
}
