import { readFileSync, readlinkSync } from 'node:fs'

/** When a process started, in clock ticks since boot; with its number that names it for good. */
export function startTime(pid: number | 'self'): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The command's name is in parentheses and may hold anything; field 22 is the 20th after it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}

/** Process numbers mean something in one pid namespace only; a lab may be swept from that one alone. */
const pidNamespace = readlinkSync('/proc/self/ns/pid').replace(/\D/g, '')

/** Prefix of everything this process makes; a later run can tell whether its maker still lives. */
export const ownPrefix = `lab-${pidNamespace}-${process.pid}-${startTime('self')}-`

/** Whether a name was made by a lab whose process is gone. */
export function isOrphan(name: string): boolean {
  const [, namespace, pid, started] = /^lab-(\d+)-(\d+)-(\d+)-/.exec(name) ?? []
  return namespace === pidNamespace && startTime(Number(pid)) !== started
}
