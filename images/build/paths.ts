import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder `images` of the clone. */
export const imagesFolder = dirname(dirname(fileURLToPath(import.meta.url)))
export const repositoryFolder = dirname(imagesFolder)
/** Where a clone finds what it built: `out/<hash>`, `out/system`, `out/guest`. */
export const outFolder = join(imagesFolder, 'out')

/** Outside the clone, so that a fresh clone builds nothing that was built before. */
export const cacheFolder = (): string => process.env.SYSVM_CACHE ?? '/var/cache/sysvm'
export const cachePath = (...parts: string[]): string => join(cacheFolder(), ...parts)
