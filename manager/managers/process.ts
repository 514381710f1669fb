import { readFileSync, readlinkSync } from 'node:fs'

/** Boot of the kernel and process namespace: numbers of processes mean the same within. */
const whereabouts = (): string => {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  return `${boot}/${readlinkSync('/proc/self/ns/pid')}`
}

/** Clock ticks from the boot to the start of a process, proc(5) field 22; undefined when it is gone or a zombie. */
const startOf = (pid: string): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? undefined : fields[19]
  } catch {
    return undefined
  }
}

/** This process among all of all machines, for `isDead`. */
export const thisProcess = (): string => `${whereabouts()}/${process.pid}/${startOf(String(process.pid))}`

/** Whether a process is known to have ended: it was here, and it is not any more. Of other machines nothing is known. */
export const isDead = (known: string): boolean => {
  const [start, pid = ''] = known.split('/').reverse()
  return known.startsWith(`${whereabouts()}/`) && startOf(pid) !== start
}
