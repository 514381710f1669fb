import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { SysvmError } from '@sysvm/errors'
import { syncFolder, writeDurably } from '../effects/durable.ts'
import { readTextFile } from '../effects/index.ts'
import type { SpecBase } from '../spec/difference/index.ts'
import { openBases, readIfThere } from './bases.ts'
import { emptyJournal, Journal } from './journal.ts'

/** Confirmed generations that stay on disk, the one in force included. */
const KEEP = 5

/** A spec exactly as it was signed. */
export interface SignedSpec {
  readonly bytes: Buffer
  /** Base64 of an ed25519 signature over `bytes`. */
  readonly signature: string
}

/** The whole spec, or its difference to the one in force. */
export interface SentSpec extends SignedSpec {
  readonly as: 'whole' | 'difference'
}

/** A spec as it lies on disk. */
export interface StoredSpec extends SentSpec {
  /** JSON of the document that a difference leads to, where that was written, too. */
  readonly result?: Buffer
}

export const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** The machine's disk: journal and signed specs. Rendering is pure, so nothing rendered is kept. */
export interface Store {
  readJournal(): Promise<Journal>
  writeJournal(journal: Journal): Promise<void>
  writeSpec(generation: number, spec: SignedSpec & { readonly base?: SpecBase }): Promise<void>
  readSpec(generation: number): Promise<StoredSpec>
  /** From then on a generation that came as a difference stands for itself. */
  writeResult(generation: number, json: string): Promise<void>
  /** How many differences lead to a generation from the document that is on disk as a whole; 0: it is that itself. */
  distance(generation: number): Promise<number>
  /** Ascending. */
  list(): Promise<readonly number[]>
  /** Removes what is older than the newest few and nothing of these is a difference to, never one in `keep`. */
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
  const bases = openBases(specFolder)
  const remove = async (generation: number): Promise<void> => {
    bases.forget(generation)
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
    writeSpec: async (generation, { bytes, signature, base }) => {
      const into = specFolder(generation)
      // An earlier attempt under this number may have come in the other way.
      await remove(generation)
      await mkdir(into, { recursive: true, mode: 0o700 })
      const name = base === undefined ? 'spec.json' : 'difference.json'
      await Promise.all([writeDurably(`${into}/${name}`, bytes), writeDurably(`${into}/signature`, signature)])
      await syncFolder(`${folder}/generations`)
    },
    readSpec: async (generation) => {
      const from = specFolder(generation)
      const signature = await readFile(`${from}/signature`, 'utf8')
      const difference = await readIfThere(`${from}/difference.json`)
      if (difference === undefined) return { as: 'whole', bytes: await readFile(`${from}/spec.json`), signature }
      const result = await readIfThere(`${from}/result.json`)
      return { as: 'difference', bytes: difference, signature, ...(result === undefined ? {} : { result }) }
    },
    writeResult: async (generation, json) => {
      await writeDurably(`${specFolder(generation)}/result.json`, json)
      bases.forget(generation)
    },
    distance: async (generation) => (await bases.chain(generation)).length - 1,
    list,
    remove,
    prune: async (keep) => {
      const all = await list()
      const kept = [...all.slice(-KEEP), ...keep.filter((generation) => all.includes(generation))]
      const needed = new Set((await Promise.all(kept.map(bases.chain))).flat())
      for (const generation of all) if (!needed.has(generation)) await remove(generation)
    },
  }
}
