import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { SysvmError } from '@sysvm/errors'
import { cachePath } from './paths.ts'

/**
 * Runs work while no other build on this machine runs. The lock is the kernel's: a helper holds it until our end of its
 * pipe closes, which also happens when we are killed.
 */
export const withLock = async <T>(onWait: () => void, work: () => Promise<T>): Promise<T> => {
  await mkdir(cachePath(), { recursive: true, mode: 0o755 })
  const holder = spawn('flock', ['--exclusive', cachePath('lock'), 'sh', '-c', 'echo held; exec cat >/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const waiting = setTimeout(onWait, 500)
  try {
    await new Promise<void>((resolve, reject) => {
      holder.stdout.once('data', () => resolve())
      holder.once('error', reject)
      holder.once('exit', (code) =>
        reject(new SysvmError('SYSVM_IMAGE_BUILD', `flock on ${cachePath('lock')} ended with ${code}.`)),
      )
    })
    clearTimeout(waiting)
    await removeRemains()
    return await work()
  } finally {
    clearTimeout(waiting)
    holder.stdin.end()
  }
}

/** What killed builds left. Safe only under the lock: nobody else is at work. */
const removeRemains = async (): Promise<void> => {
  const folder = cachePath('work')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true })
}

/** A scratch folder that is gone afterwards, whatever happens. */
export const withWorkFolder = async <T>(name: string, work: (folder: string) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(cachePath('work', `${name}-`))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Makes a finished file or folder visible in the cache by one rename; an older one of that name goes first. */
export const publish = async (from: string, to: string): Promise<void> => {
  await mkdir(dirname(to), { recursive: true })
  await rm(to, { recursive: true, force: true })
  await rename(from, to)
}

export const writeBeside = async (path: string, data: string | Uint8Array, mode = 0o644): Promise<void> => {
  await mkdir(dirname(path), { recursive: true })
  const beside = `${path}.${process.pid}.new`
  await writeFile(beside, data, { mode })
  await rename(beside, path)
}
