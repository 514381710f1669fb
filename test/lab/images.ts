import { realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Folder of the image that `make image` built; the slices that need it build it first. */
export const builtImage = (kind: 'system' | 'guest'): string =>
  realpathSync(fileURLToPath(import.meta.resolve(`../../images/out/${kind}`)))
