import { appendFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** State that outlives the process that keeps it, as the machines of a host outlive their manager. */
export interface Store {
  read<T>(path: string): T | undefined
  write(path: string, value: unknown): void
  remove(path: string): void
  list(path: string): string[]
  append(path: string, value: unknown): void
  lines<T>(path: string): T[]
}

export const openStore = (folder: string): Store => {
  const at = (path: string): string => join(folder, path)
  const text = (path: string): string | undefined => {
    try {
      return readFileSync(at(path), 'utf8')
    } catch {
      return undefined
    }
  }
  return {
    read: <T>(path: string) => {
      const found = text(path)
      return found === undefined ? undefined : (JSON.parse(found) as T)
    },
    write: (path, value) => {
      mkdirSync(dirname(at(path)), { recursive: true })
      const draft = `${at(path)}.${process.pid}.new`
      writeFileSync(draft, JSON.stringify(value))
      renameSync(draft, at(path))
    },
    remove: (path) => rmSync(at(path), { force: true }),
    list: (path) => {
      try {
        return readdirSync(at(path)).filter((name) => !name.endsWith('.new'))
      } catch {
        return []
      }
    },
    append: (path, value) => {
      mkdirSync(dirname(at(path)), { recursive: true })
      appendFileSync(at(path), `${JSON.stringify(value)}\n`)
    },
    lines: <T>(path: string) =>
      (text(path) ?? '')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as T),
  }
}
