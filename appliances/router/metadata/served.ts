import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'

/** On disk: what was served stays served, through commits, restarts of the process and of the machine. */
export const SERVED_FILE = '/var/lib/sysvm/metadata/served.json'

/** How long a password that no spec names any more is remembered: a rollback may bring it back. */
const KEEP_MS = 7 * 24 * 3600 * 1000

/** When the password of an id was served, milliseconds since 1970. */
const Served = z.record(z.string(), z.number())

/** Ids of passwords that were served. Pure but for the one file. */
export interface ServedPasswords {
  has(id: string): boolean
  /** Resolves once it is on disk, so that nothing is served which could be forgotten. */
  add(id: string): Promise<void>
  /** Takes an id back: its answer never reached the guest. */
  remove(id: string): Promise<void>
  /** Forgets those that are long gone from the spec. */
  prune(known: ReadonlySet<string>): Promise<void>
}

const writeDurably = async (path: string, text: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true, mode: 0o750 })
  const file = await open(`${path}.new`, 'w', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(`${path}.new`, path)
  const folder = await open(dirname(path))
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

const read = async (path: string): Promise<Map<string, number>> => {
  try {
    return new Map(Object.entries(Served.parse(JSON.parse(await readFile(path, 'utf8')))))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new Map()
    throw error
  }
}

/** Rejects when the file is there and cannot be read: better no password than one served twice. */
export const openServedPasswords = async (
  path = SERVED_FILE,
  now: () => number = Date.now,
): Promise<ServedPasswords> => {
  const served = await read(path)
  let writing: Promise<void> = Promise.resolve()
  const save = (): Promise<void> => {
    const text = `${JSON.stringify(Object.fromEntries(served))}\n`
    writing = writing.catch(() => undefined).then(() => writeDurably(path, text))
    return writing
  }
  return {
    has: (id) => served.has(id),
    add: async (id) => {
      served.set(id, now())
      try {
        await save()
      } catch (error) {
        served.delete(id)
        throw error
      }
    },
    remove: async (id) => {
      served.delete(id)
      await save()
    },
    prune: async (known) => {
      const old = [...served].filter(([id, at]) => !known.has(id) && now() - at > KEEP_MS)
      for (const [id] of old) served.delete(id)
      if (old.length > 0) await save()
    },
  }
}
