import { execFileSync } from 'node:child_process'
import { globSync, readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** What a program could leave on this machine, by kind. */
export type MachineState = Readonly<Record<string, readonly string[]>>

const lines = (file: string, ...words: string[]): string[] =>
  execFileSync(file, words, { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line !== '')

const namesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder).map((name) => `${folder}/${name}`)
  } catch {
    return []
  }
}

/**
 * Processes that lost their parent and went to init, by number, start and command: what a program leaves behind is
 * one of them or below one. Kernel threads have no command line.
 */
const orphans = (): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
        const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
        return command === '' || fields[1] !== '1' ? [] : [`${pid} ${fields[19]} ${command}`]
      } catch {
        return []
      }
    })

/** All of it as it is now; `state` is the state directory under test. */
export const machineState = (state: string): MachineState => ({
  processes: orphans(),
  namespaces: namesIn('/run/netns'),
  links: lines('ip', '-brief', 'link').map((line) => line.split(/[\s@]/)[0] ?? ''),
  mounts: readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? ''),
  nftables: lines('nft', 'list', 'tables'),
  cgroups: globSync('/sys/fs/cgroup/**/cgroup.procs'),
  sharedMemory: lines('ipcs', '--shmems').filter((line) => line.startsWith('0x')),
  files: [state, '/run', '/var/lib', '/var/log', '/etc', '/etc/libvirt', '/var/lib/libvirt'].flatMap(namesIn),
})

/** What is there now and was not before. */
export const leftovers = (before: MachineState, after: MachineState): Record<string, string[]> =>
  Object.fromEntries(
    Object.entries(after)
      .map(([kind, items]) => [kind, items.filter((item) => !before[kind]?.includes(item))] as const)
      .filter(([, items]) => items.length > 0),
  )

/** Leftovers that stay: what ends within seconds, like a process on its way out, is none. */
export const lastingLeftovers = async (before: MachineState, state: string): Promise<Record<string, string[]>> => {
  let lasting = leftovers(before, machineState(state))
  for (let tries = 0; tries < 20 && Object.keys(lasting).length > 0; tries++) {
    await sleep(250)
    lasting = leftovers(
      before,
      Object.fromEntries(
        Object.entries(machineState(state)).map(([kind, items]) => [
          kind,
          items.filter((item) => lasting[kind]?.includes(item)),
        ]),
      ),
    )
  }
  return lasting
}
