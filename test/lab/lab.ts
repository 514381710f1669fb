import { execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { type EmulatedHost, type EmulatedHostOptions, startHost } from './host.ts'
import { type Namespace, type OpenNamespace, openNamespace } from './namespace.ts'
import { closeOnce } from './opened.ts'
import { ownPrefix } from './owner.ts'
import { LAB_ROOT, remove, removeOwn, sweep } from './sweep.ts'

/** One end of a cable: a device in a namespace, with an address, or plugged into a bridge there. */
export interface End {
  readonly at: Namespace
  /** At most 15 characters. */
  readonly device: string
  readonly address?: string
  readonly bridge?: string
  readonly mac?: string
  readonly mtu?: number
}

/** A topology in network namespaces. Everything in it goes when it is disposed of, or when its process ends. */
export interface Lab extends AsyncDisposable {
  /** What all names of this lab begin with. */
  readonly prefix: string
  /** A folder of its own, removed at the end. */
  readonly directory: string
  namespace(name: string): Promise<Namespace>
  /** A veth pair; both ends are up. */
  link(a: End, b: End): Promise<void>
  /** An emulated hypervisor host on a network that is there already. */
  host(name: string, options: EmulatedHostOptions): Promise<EmulatedHost>
  /** Run at the end, last added first, before the namespaces go. */
  defer(cleanup: () => Promise<unknown> | unknown): void
}

let guarded = false
let made = 0

/**
 * `await using lab = await createLab('nat')`. Needs root.
 * Leftovers of earlier runs that were killed are swept first.
 */
export async function createLab(name: string): Promise<Lab> {
  if (!/^[a-z0-9][a-z0-9-]{0,23}$/.test(name)) throw new Error(`"${name}" is not a lab name: use a-z, 0-9 and -`)
  guard()
  sweep()
  const prefix = `${ownPrefix}${++made}-${name}`
  await mkdir(LAB_ROOT, { recursive: true, mode: 0o755 })
  const directory = await mkdtemp(join(LAB_ROOT, `${prefix}-`))
  // PostgreSQL runs as a user of its own and must get through to its folder.
  await chmod(directory, 0o711)
  const namespaces = new Map<string, OpenNamespace>()
  const cleanups: (() => Promise<unknown> | unknown)[] = []

  const close = async (): Promise<void> => {
    const failures: unknown[] = []
    for (const cleanup of cleanups.reverse()) {
      try {
        await cleanup()
      } catch (error) {
        failures.push(error)
      }
    }
    await Promise.all([...namespaces.values()].map((opened) => opened.close()))
    remove((wanted) => wanted === prefix || wanted.startsWith(`${prefix}-`))
    if (failures.length > 0) throw new AggregateError(failures, `the lab ${name} did not clean up well`)
  }

  const lab: Lab = {
    prefix,
    directory,
    namespace: async (short) => {
      if (namespaces.has(short)) throw new Error(`the lab ${name} has a namespace ${short} already`)
      const netns = `${prefix}-${short}`
      execFileSync('ip', ['netns', 'add', netns], { stdio: 'pipe' })
      const opened = openNamespace(short, netns)
      namespaces.set(short, opened)
      // Addresses are usable at once, without duplicate address detection.
      await opened.sysctl('net.ipv6.conf.default.accept_dad', 0)
      await opened.ip(['link', 'set', 'lo', 'up'])
      return opened
    },
    link: (a, b) => link(a, b),
    host: (short, options) => startHost(lab, short, options),
    defer: (cleanup) => void cleanups.push(cleanup),
    [Symbol.asyncDispose]: closeOnce(() => close()),
  }
  return lab
}

async function link(a: End, b: End): Promise<void> {
  const mac = (end: End) => (end.mac === undefined ? [] : ['address', end.mac])
  const mtu = (end: End) => (end.mtu === undefined ? [] : ['mtu', String(end.mtu)])
  const near = ['link', 'add', a.device, ...mtu(a), ...mac(a), 'type', 'veth']
  await a.at.ip([...near, 'peer', 'name', b.device, ...mtu(b), ...mac(b), 'netns', b.at.netns])
  for (const end of [a, b]) {
    const { device } = end
    await end.at.ip(
      ...(end.bridge === undefined ? [] : [['link', 'set', device, 'master', end.bridge]]),
      ['link', 'set', device, 'up'],
      ...(end.address === undefined ? [] : [['address', 'add', end.address, 'dev', device]]),
    )
  }
}

/** Whatever ends the process, nothing of its labs stays; SIGKILL is left to the next run's sweep. */
function guard(): void {
  if (guarded) return
  guarded = true
  process.once('exit', removeOwn)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      removeOwn()
      process.kill(process.pid, signal)
    })
  }
}
