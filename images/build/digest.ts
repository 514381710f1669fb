import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'

export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex')

export const sha256File = async (path: string): Promise<string> => {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash)
  return hash.digest('hex')
}

/** One line for each file below a folder: path, executable or not, content. The order is fixed. */
const lines = async (folder: string, below = ''): Promise<string[]> => {
  const names = (await readdir(join(folder, below))).sort()
  const nested = await Promise.all(
    names.map(async (name) => {
      const path = join(below, name)
      const full = join(folder, path)
      const stat = await lstat(full)
      if (stat.isDirectory()) return lines(folder, path)
      if (stat.isSymbolicLink()) return [`${path} -> ${await readlink(full)}`]
      // Only the executable bit counts: git keeps no other, and a clone's umask must not change the image.
      return [`${path} ${stat.mode & 0o100 ? 'x' : '-'} ${sha256(await readFile(full))}`]
    }),
  )
  return nested.flat()
}

/** Digest of a folder of the clone: names, contents, links and executable bits. */
export const sha256Folder = async (folder: string): Promise<string> => sha256((await lines(folder)).join('\n'))

/** Hash of named inputs; the order they are given in does not matter. */
export const inputsHash = (inputs: Readonly<Record<string, string>>): string =>
  sha256(
    Object.entries(inputs)
      .map(([name, value]) => `${name}=${value}\n`)
      .sort()
      .join(''),
  )
