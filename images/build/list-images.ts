import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Manifest, readSignedManifest } from '../manifest/index.ts'
import { cachePath } from './paths.ts'
import { publicKeyPath } from './sign.ts'

export interface ListedImage {
  readonly folder: string
  readonly manifest: Manifest
}

/** Images in the cache whose manifest is signed by this machine's image key. Artifacts are not read. */
export const listImages = async (): Promise<ListedImage[]> => {
  const publicKey = await readFile(publicKeyPath(), 'utf8').catch(() => undefined)
  const names = await readdir(cachePath('images')).catch(() => [])
  if (publicKey === undefined) return []
  const found = await Promise.all(
    names.map(async (name) => {
      const folder = join(cachePath('images'), name)
      return readSignedManifest(folder, publicKey).then(
        (manifest) => [{ folder, manifest }],
        () => [],
      )
    }),
  )
  return found.flat()
}
