import { existsSync } from 'node:fs'
import { readdir, readFile, rm, rmdir } from 'node:fs/promises'
import { runProcess } from '../../hosts/local/process.ts'
import { removeCgroups } from '../demo/cgroups.ts'
import { findHost } from '../demo/host.ts'
import { removeDemoNetwork } from '../demo/network.ts'
import { endProcesses, ownProcesses } from '../demo/processes.ts'
import type { Progress } from '../progress.ts'
import type { Settings } from '../settings.ts'
import { stopManager } from './manager.ts'

/** Mounts below a folder, the deepest first. */
export const mountsBelow = (folder: string, mountinfo: string): string[] =>
  mountinfo
    .split('\n')
    .flatMap((line) => line.split(' ')[4] ?? [])
    .map((path) => path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))))
    .filter((path) => path === folder || path.startsWith(`${folder}/`))
    .toReversed()

const unmountAll = async (folder: string): Promise<void> => {
  for (const path of mountsBelow(folder, await readFile('/proc/self/mountinfo', 'utf8'))) {
    await runProcess(['umount', '--lazy', path])
  }
}

/** PostgreSQL ends at once and cleans its shared memory on SIGINT; it would wait for its clients on SIGTERM. */
const endRest = async (settings: Settings): Promise<void> => {
  const all = ownProcesses(settings)
  const isPostmaster = (argv: readonly string[]): boolean => argv[0]?.endsWith('/postgres') === true
  await endProcesses(
    all.filter((found) => isPostmaster(found.argv)),
    'SIGINT',
  )
  // What a process started while it was being listed is in the next list.
  for (let left = ownProcesses(settings); left.length > 0; left = ownProcesses(settings)) {
    await endProcesses(left, 'SIGTERM', 5000)
  }
}

const removeFiles = async (settings: Settings): Promise<void> => {
  await unmountAll(settings.state)
  await rm(settings.state, { recursive: true, force: true })
  // Mount point inside the demo's host; on this machine it is an empty folder.
  const mountpoint = '/var/lib/sysvm'
  if (existsSync(mountpoint) && (await readdir(mountpoint)).length === 0) await rmdir(mountpoint)
}

/**
 * Removes everything `sysvm up` made, whatever of it there is: works on a half-made cloud, with a dead manager,
 * and twice. The cache of images and keys stays.
 */
export const removeAll = async (settings: Settings, progress: Progress): Promise<void> => {
  await progress.step('stop the manager', () => stopManager(settings))
  await progress.step('switch the host off, with every machine on it', async () => {
    for (let host = findHost(settings); host !== undefined; host = findHost(settings)) {
      // The first process of a pid namespace hears nothing but SIGKILL from outside.
      await endProcesses([host], 'SIGKILL')
    }
  })
  await progress.step('end what else runs', () => endRest(settings))
  await progress.step('remove namespaces, bridges and control groups', async () => {
    await removeDemoNetwork(settings)
    await removeCgroups(settings)
  })
  await progress.step(`remove ${settings.state}`, () => removeFiles(settings))
}
