import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** State that outlives the manager, as the machines of a host do, and that several managers see. */
export interface Store {
  /** Undefined: it was never written. The value is shared: nobody may change it. */
  read<T>(name: string): T | undefined
  write(name: string, value: unknown): void
  remove(name: string): void
  /** Whether there is a file of this name. */
  has(name: string): boolean
}

interface Known {
  readonly version: string
  readonly value: unknown
}

/** Of a file that is replaced whole: an inode's number may come back, but not at the same time. */
const versionOf = (path: string): string | undefined => {
  const found = statSync(path, { throwIfNoEntry: false })
  return found && `${found.ino}/${found.mtimeMs}`
}

/** One file per thing, replaced whole; what is unchanged is read once. */
export const openStore = (folder: string): Store => {
  const known = new Map<string, Known>()
  const at = (name: string): string => join(folder, `${name}.json`)
  return {
    read: <T>(name: string) => {
      const version = versionOf(at(name))
      if (version === undefined) return undefined
      const before = known.get(name)
      if (before?.version === version) return before.value as T
      const value = JSON.parse(readFileSync(at(name), 'utf8')) as T
      known.set(name, { version, value })
      return value
    },
    write: (name, value) => {
      const draft = `${at(name)}.${process.pid}.new`
      mkdirSync(dirname(draft), { recursive: true })
      // A machine's host key is in it.
      writeFileSync(draft, JSON.stringify(value), { mode: 0o600 })
      const version = versionOf(draft) ?? ''
      renameSync(draft, at(name))
      known.set(name, { version, value })
    },
    remove: (name) => {
      known.delete(name)
      rmSync(at(name), { force: true })
    },
    has: (name) => versionOf(join(folder, name)) !== undefined,
  }
}
