import { join } from 'node:path'
import type { Tell } from '../progress.ts'
import type { Settings } from '../settings.ts'

export interface Images {
  /** Folder of built images. */
  readonly images: string
  /** Public key that their manifests are signed with. */
  readonly imageKey: string
}

export const ensureImages = async (settings: Settings, tell: Tell): Promise<Images> => {
  tell('')
  const images = join(settings.top, 'images/out')
  return { images, imageKey: join(settings.cache, 'keys/image.ed25519.pub') }
}
