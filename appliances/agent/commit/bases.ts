import { access, readFile } from 'node:fs/promises'

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT'

export const readIfThere = async (path: string): Promise<Buffer | undefined> => {
  try {
    return await readFile(path)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** What each generation on disk needs of the others. */
export interface Bases {
  /** The generation, and those that it is a difference to, down to the first that stands for itself. */
  chain(generation: number): Promise<readonly number[]>
  forget(generation: number): void
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

/** The base's generation; null: it stands for itself. */
const readBase = async (folder: string): Promise<number | null> => {
  if (await exists(`${folder}/result.json`)) return null
  const difference = await readIfThere(`${folder}/difference.json`)
  if (difference === undefined) return null
  try {
    const { base } = JSON.parse(difference.toString()) as { readonly base?: { readonly generation?: unknown } }
    return typeof base?.generation === 'number' ? base.generation : null
  } catch {
    // Whoever reads the spec itself tells that it is broken.
    return null
  }
}

/** Reads each once: a generation's folder does not change, but for what is forgotten here. */
export const openBases = (folderOf: (generation: number) => string): Bases => {
  const known = new Map<number, number | null>()
  const baseOf = async (generation: number): Promise<number | null> => {
    const found = known.get(generation)
    if (found !== undefined) return found
    const base = await readBase(folderOf(generation))
    known.set(generation, base)
    return base
  }
  return {
    forget: (generation) => void known.delete(generation),
    chain: async (generation) => {
      const chain = [generation]
      for (let base = await baseOf(generation); base !== null && base < (chain.at(-1) ?? 0); base = await baseOf(base))
        chain.push(base)
      return chain
    },
  }
}
