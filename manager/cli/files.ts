import { readFile, rename, writeFile } from 'node:fs/promises'

/** The text of a file, or undefined when there is none. */
export const readText = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Writes beside and renames, so that a kill leaves the old text or the new; nothing when it is there already. */
export const ensureText = async (path: string, text: string, mode = 0o644): Promise<void> => {
  if ((await readText(path)) === text) return
  await writeFile(`${path}.new`, text, { mode })
  await rename(`${path}.new`, path)
}
