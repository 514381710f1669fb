import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, SysvmError } from '@sysvm/errors'
import { Manifest } from '@sysvm/images/manifest'

/** What machines that run can take of an image. */
export interface ImageFirmware {
  /** Hash of all else in the image: only machines of the same can take it. */
  readonly platform: string
  readonly bundle: Buffer
}

/** Of a verified image; what is sent is looked at once more. Throws SYSVM_IMAGE_INVALID. */
export const readFirmware = async (folder: string): Promise<ImageFirmware> => {
  const invalid = (why: string, cause?: unknown): SysvmError =>
    new SysvmError('SYSVM_IMAGE_INVALID', `The image in ${folder} has no firmware for machines that run: ${why}.`, {
      details: { folder },
      cause,
    })
  try {
    const { patch } = Manifest.parse(JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')))
    if (patch === undefined) throw invalid('it was built by an older release')
    const bundle = await readFile(join(folder, patch.firmware.file))
    if (createHash('sha256').update(bundle).digest('hex') !== patch.firmware.sha256)
      throw invalid('its SHA-256 is not that of the manifest')
    return { platform: patch.platform, bundle }
  } catch (cause) {
    throw cause instanceof SysvmError ? cause : invalid(messageOf(cause), cause)
  }
}
