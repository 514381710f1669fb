import { globSync } from 'node:fs'
import { rmdir } from 'node:fs/promises'
import type { Settings } from '../settings.ts'
import { namesOf } from './names.ts'

/** Removes the control groups of a host that is off, the deepest first: the kernel lets only empty ones go. */
export const removeCgroups = async (settings: Settings): Promise<void> => {
  const { host } = namesOf(settings)
  const files = globSync(`/sys/fs/cgroup/**/${host}/**/cgroup.procs`)
  const folders = files.map((file) => file.slice(0, file.lastIndexOf('/')))
  for (const folder of folders.toSorted((a, b) => b.length - a.length)) await rmdir(folder)
}
