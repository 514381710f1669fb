import { readdir, readFile, realpath } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { messageOf, SysvmError } from '@sysvm/errors'
import { type Manifest, verifyImage } from '@sysvm/images/manifest'
import type { Log } from '../world.ts'

export interface Image {
  readonly hash: string
  readonly kind: 'system' | 'guest'
  readonly folder: string
  readonly manifest: Manifest
}

/** The images that check out; `current` is the one that `system` or `guest` in the image folder points at. */
export interface Images {
  readonly all: ReadonlyMap<string, Image>
  readonly current: Readonly<Partial<Record<Image['kind'], Image>>>
}

const currentHash = async (folder: string, kind: Image['kind']): Promise<string | undefined> =>
  realpath(join(folder, kind)).then(basename, () => undefined)

const namesIn = async (folder: string): Promise<string[]> => {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  return names.filter((name) => /^[0-9a-f]{64}$/.test(name))
}

/** Reads the folder that builds land in. An image that does not check out is named in the log and never used. */
export const findImages = async (folder: string, publicKeyFile: string, log: Log): Promise<Images> => {
  const names = await namesIn(folder)
  const all = new Map<string, Image>()
  if (names.length === 0) {
    log.warn({ folder }, 'there are no images: run `sysvm image build`')
    return { all, current: {} }
  }
  const publicKey = await readFile(publicKeyFile, 'utf8')
  for (const hash of names)
    try {
      const path = await realpath(join(folder, hash))
      const manifest = await verifyImage(path, publicKey)
      if (manifest.hash !== hash) throw new SysvmError('SYSVM_IMAGE_INVALID', `Its manifest names ${manifest.hash}.`)
      all.set(hash, { hash, kind: manifest.kind, folder: path, manifest })
    } catch (error) {
      log.error({ image: hash, reason: messageOf(error) }, 'an image does not check out and is not used')
    }
  const pick = async (kind: Image['kind']): Promise<Image | undefined> => all.get((await currentHash(folder, kind)) ?? '')
  const [system, guest] = [await pick('system'), await pick('guest')]
  return { all, current: { ...(system ? { system } : {}), ...(guest ? { guest } : {}) } }
}

export const imageFolderOf =
  (images: Images) =>
  (hash: string): string => {
    const image = images.all.get(hash)
    if (image) return image.folder
    throw new SysvmError(
      'SYSVM_IMAGE_MISSING',
      `The image ${hash} is not in the image folder, or does not check out: build it and restart the manager.`,
      { details: { image: hash } },
    )
  }
