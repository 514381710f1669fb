import { readFile, realpath } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { messageOf, SysvmError } from '@sysvm/errors'
import { verifyImage } from '@sysvm/images/manifest'
import type { Log } from '../world.ts'

export interface Image {
  readonly hash: string
  readonly kind: 'system' | 'guest'
  readonly folder: string
}

/** The images that check out; `current` is the one that `system` or `guest` in the image folder points at. */
export interface Images {
  readonly all: ReadonlyMap<string, Image>
  readonly current: Readonly<Partial<Record<Image['kind'], Image>>>
}

const currentHash = async (folder: string, kind: Image['kind']): Promise<string | undefined> =>
  realpath(join(folder, kind)).then(basename, () => undefined)

const kinds = ['system', 'guest'] as const

const verify = async (folder: string, hash: string, publicKey: string): Promise<Image> => {
  const path = await realpath(join(folder, hash))
  const manifest = await verifyImage(path, publicKey)
  if (manifest.hash === hash) return { hash, kind: manifest.kind, folder: path }
  throw new SysvmError('SYSVM_IMAGE_INVALID', `The image in ${path} says that it is ${manifest.hash}.`)
}

/**
 * Checks the current images of the folder that builds land in, and those that machines `use`. One that does not check
 * out is named in the log and never used.
 */
export const findImages = async (
  folder: string,
  publicKeyFile: string,
  use: readonly string[],
  log: Log,
): Promise<Images> => {
  const all = new Map<string, Image>()
  const hashes = await Promise.all(kinds.map((kind) => currentHash(folder, kind)))
  const names = new Set([...hashes, ...use].filter((hash) => hash !== undefined))
  if (names.size === 0) {
    log.warn({ folder }, 'there are no images: run `sysvm image build`')
    return { all, current: {} }
  }
  const publicKey = await readFile(publicKeyFile, 'utf8').catch((error: Error) => {
    log.error({ file: publicKeyFile, reason: error.message }, 'the image key cannot be read, so no image is used')
    return undefined
  })
  if (publicKey === undefined) return { all, current: {} }
  for (const hash of names)
    try {
      all.set(hash, await verify(folder, hash, publicKey))
    } catch (error) {
      log.error({ image: hash, reason: messageOf(error) }, 'an image does not check out and is not used')
    }
  const [system, guest] = hashes.map((hash) => all.get(hash ?? ''))
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
