import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { openLocal } from '@sysvm/manager/hosts/local/index'
import { until } from './until.ts'

/**
 * $1: an empty folder, $2: a folder that is shared with the host. This machine's own system is booted by its systemd
 * over an overlay in memory; all of it is in a mount namespace that ends with it.
 */
const BOOT = `set -e
mount -t tmpfs tmpfs "$1"
mkdir -p /run/systemd/nspawn
mount -t tmpfs tmpfs /run/systemd/nspawn
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" overlay "$1/root"
exec timeout --kill-after=1 300 systemd-nspawn --directory="$1/root" --boot --register=no --keep-unit --private-network \\
  --capability=all --machine=sysvm-systemd-host --link-journal=no --resolv-conf=off --timezone=off --console=pipe \\
  --tmpfs=/var/lib/sysvm:mode=0755 --bind="$2" systemd.unit=basic.target`

export interface SystemdHost extends AsyncDisposable {
  /** Process whose namespaces are the host's, for `local:?pid=`. */
  readonly pid: number
}

const children = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)

/** The first process below `pid` that is number 1 of a pid namespace of its own. */
const initBelow = (pid: number): number | undefined => {
  if (!readdirSync('/proc').includes(String(pid))) return undefined
  for (const child of children(pid)) {
    const numbers = /^NSpid:(.*)$/m
      .exec(readFileSync(`/proc/${child}/status`, 'utf8'))?.[1]
      ?.trim()
      .split(/\s+/)
    if (numbers?.at(-1) === '1' && numbers.length > 1) return child
    const found = initBelow(child)
    if (found !== undefined) return found
  }
  return undefined
}

/** The host's first process, once its systemd has reached basic.target; rejects before. */
const basicTarget = async (program: number): Promise<number | undefined> => {
  const pid = initBelow(program)
  if (pid !== undefined) await openLocal({ pid }).run(['systemctl', 'is-active', 'basic.target'])
  return pid
}

/** A host on which systemd is the first process, up to basic.target. */
export async function bootSystemdHost(folder: string, shared: string): Promise<SystemdHost> {
  const argv = ['--mount', '--propagation=private', 'sh', '-c', BOOT, 'sh', folder, shared]
  const program: ChildProcess = spawn('unshare', argv, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, SYSTEMD_NSPAWN_API_VFS_WRITABLE: 'yes' },
  })
  let said = ''
  for (const stream of [program.stdout, program.stderr]) stream?.on('data', (chunk) => (said += chunk))
  const ended = once(program, 'exit')
  const stop = async (): Promise<void> => {
    const pid = initBelow(program.pid ?? 0)
    // The end of a pid namespace's first process ends all others in it.
    if (pid !== undefined) process.kill(pid, 'SIGKILL')
    else program.kill('SIGKILL')
    await ended
  }
  try {
    const pid = await until('systemd has booted', () => basicTarget(program.pid ?? 0), { timeoutMs: 60_000 })
    return { pid, [Symbol.asyncDispose]: stop }
  } catch (error) {
    await stop()
    throw new Error(`the host did not boot: ${said.slice(-2000)}`, { cause: error })
  }
}
