import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Settings } from '../settings.ts'
import { namesOf } from './names.ts'

/** Variable in the environment of everything that `sysvm up` starts; found again even if up died at once after. */
const MARK = 'SYSVM_MARK'
const GROUP = join(import.meta.dirname, 'group.sh')

export interface Found {
  readonly pid: number
  /** Clock ticks since boot; with the number it names the process for good. */
  readonly started: string
  readonly name: string
  readonly argv: readonly string[]
  /** Number inside the innermost pid namespace. */
  readonly inner: number
}

const quiet = <T>(read: () => T): T | undefined => {
  try {
    return read()
  } catch {
    return undefined
  }
}

const statOf = (pid: number): { started: string; state: string } | undefined => {
  const stat = quiet(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields && { state: fields[0] ?? '', started: fields[19] ?? '' }
}

/** Name under which a process was started for `state`; its folder decides where a program cleaned its environment. */
const nameOf = (pid: number, state: string): string | undefined => {
  const environment = quiet(() => readFileSync(`/proc/${pid}/environ`, 'utf8')) ?? ''
  const mark = environment.split('\0').find((entry) => entry.startsWith(`${MARK}=${state}:`))
  if (mark !== undefined) return mark.slice(`${MARK}=${state}:`.length)
  const folder = quiet(() => readlinkSync(`/proc/${pid}/cwd`)) ?? ''
  return folder === state || folder.startsWith(`${state}/`) ? '' : undefined
}

/** Every live process that belongs to this state directory, this one aside. */
export const ownProcesses = (settings: Settings): Found[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((entry) => {
      const pid = Number(entry)
      const name = nameOf(pid, settings.state)
      const stat = statOf(pid)
      if (name === undefined || stat === undefined || stat.state === 'Z') return []
      const argv = (quiet(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')) ?? '').split('\0').slice(0, -1)
      const status = quiet(() => readFileSync(`/proc/${pid}/status`, 'utf8')) ?? ''
      const inner = Number(/^NSpid:.*?(\d+)$/m.exec(status)?.[1] ?? pid)
      return [{ pid, started: stat.started, name, argv, inner }]
    })

/** The process started under `name` whose command line has `word`. */
export const findProcess = (settings: Settings, name: string, word: string): Found | undefined =>
  ownProcesses(settings).find((found) => found.name === name && found.argv.some((text) => text.includes(word)))

/** Starts a program that outlives this one; what it prints goes to `<state>/log/<name>.log`. */
export const startBackground = async (
  settings: Settings,
  name: string,
  argv: readonly [string, ...string[]],
  environment: Readonly<Record<string, string>> = {},
): Promise<number> => {
  const log = `${settings.state}/log/${name}.log`
  await mkdir(dirname(log), { recursive: true })
  const file = await open(log, 'a', 0o640)
  try {
    const child = spawn(GROUP, [namesOf(settings).host, ...argv], {
      detached: true,
      cwd: settings.state,
      stdio: ['ignore', file.fd, file.fd],
      env: { ...process.env, ...environment, [MARK]: `${settings.state}:${name}` },
    })
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve)
      child.once('error', reject)
    })
    child.unref()
    return child.pid as number
  } finally {
    await file.close()
  }
}

export const isAlive = (found: Pick<Found, 'pid' | 'started'>): boolean => {
  const stat = statOf(found.pid)
  return stat !== undefined && stat.started === found.started && stat.state !== 'Z'
}

const signal = (found: Found, name: NodeJS.Signals): void => {
  if (!isAlive(found)) return
  quiet(() => process.kill(found.pid, name))
}

/** Asks processes to end, and makes them after `patienceMs`. Resolves when all are gone. */
export const endProcesses = async (
  list: readonly Found[],
  polite: NodeJS.Signals = 'SIGTERM',
  patienceMs = 10_000,
): Promise<void> => {
  for (const found of list) signal(found, polite)
  const deadline = Date.now() + patienceMs
  while (list.some(isAlive)) {
    if (Date.now() > deadline) for (const found of list) signal(found, 'SIGKILL')
    await sleep(50)
  }
}
