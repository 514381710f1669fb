import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { SysvmError } from '@sysvm/errors'
import { syncFolder, writeDurably } from '../effects/durable.ts'
import { readTextFile } from '../effects/index.ts'
import { emptyJournal, Journal } from './journal.ts'

/** Confirmed generations that stay on disk, the one in force included. */
const KEEP = 5

/** A spec exactly as it was signed. */
export interface SignedSpec {
  readonly bytes: Buffer
  /** Base64 of an ed25519 signature over `bytes`. */
  readonly signature: string
}

export const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** The machine's disk: journal and signed specs. Rendering is pure, so nothing rendered is kept. */
export interface Store {
  readJournal(): Promise<Journal>
  writeJournal(journal: Journal): Promise<void>
  writeSpec(generation: number, spec: SignedSpec): Promise<void>
  readSpec(generation: number): Promise<SignedSpec>
  /** Ascending. */
  list(): Promise<readonly number[]>
  /** Removes what is older than the newest few, never one in `keep`. */
  prune(keep: readonly number[]): Promise<void>
  remove(generation: number): Promise<void>
}

export const openStore = (folder: string): Store => {
  const journalPath = `${folder}/state.json`
  const specFolder = (generation: number): string => `${folder}/generations/${generation}`
  const list = async (): Promise<number[]> => {
    const names = await readdir(`${folder}/generations`).catch(() => [])
    return names
      .filter((name) => /^[1-9]\d*$/.test(name))
      .map(Number)
      .sort((a, b) => a - b)
  }
  const remove = async (generation: number): Promise<void> => {
    await rm(specFolder(generation), { recursive: true, force: true })
  }
  return {
    readJournal: async () => {
      const text = await readTextFile(journalPath)
      if (text === undefined) return emptyJournal
      try {
        return Journal.parse(JSON.parse(text))
      } catch (cause) {
        throw new SysvmError(
          'SYSVM_JOURNAL_INVALID',
          `The journal ${journalPath} cannot be read; nothing is restored. Remove it and commit the spec again.`,
          { cause },
        )
      }
    },
    writeJournal: (journal) => writeDurably(journalPath, `${JSON.stringify(journal)}\n`),
    writeSpec: async (generation, { bytes, signature }) => {
      const into = specFolder(generation)
      await mkdir(into, { recursive: true, mode: 0o700 })
      await writeDurably(`${into}/spec.json`, bytes)
      await writeDurably(`${into}/signature`, signature)
      await syncFolder(`${folder}/generations`)
    },
    readSpec: async (generation) => {
      const from = specFolder(generation)
      const [bytes, signature] = await Promise.all([
        readFile(`${from}/spec.json`),
        readFile(`${from}/signature`, 'utf8'),
      ])
      return { bytes, signature }
    },
    list,
    remove,
    prune: async (keep) => {
      const newest = (await list()).reverse()
      for (const generation of newest.slice(KEEP)) {
        if (!keep.includes(generation)) await remove(generation)
      }
    },
  }
}
