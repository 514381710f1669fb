import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inputsHash, sha256, sha256File, sha256Folder } from './digest.ts'
import { BUSYBOX } from './initrd.ts'
import { imagesFolder, repositoryFolder } from './paths.ts'

/** What every image depends on: the code that builds it and the programs that end up in it. */
export const commonInputs = async (): Promise<Record<string, string>> => ({
  build: await sha256Folder(join(imagesFolder, 'build')),
  schema: sha256(await readFile(join(imagesFolder, 'manifest/schema.ts'))),
  busybox: await sha256File(BUSYBOX),
})

export const systemInputs = async (firmware: Uint8Array, launcher: Uint8Array): Promise<Record<string, string>> => ({
  overlay: await sha256Folder(join(imagesFolder, 'system/overlay')),
  initrd: await sha256Folder(join(imagesFolder, 'initrd')),
  packer: await sha256Folder(join(repositoryFolder, 'packer')),
  firmware: sha256(firmware),
  launcher: sha256(launcher),
  lock: sha256(await readFile(join(repositoryFolder, 'package-lock.json'))),
})

export const guestInputs = async (): Promise<Record<string, string>> => ({
  overlay: await sha256Folder(join(imagesFolder, 'guest/overlay')),
})

/** Inputs that change the firmware, or only what is said of the image and tried with it. */
const BESIDE_PLATFORM: ReadonlySet<string> = new Set(['firmware', 'lock', 'packer'])

/** Of all that a system image is but for its firmware; images of one platform can take each other's. */
export const platformHash = (inputs: Readonly<Record<string, string>>): string =>
  inputsHash(Object.fromEntries(Object.entries(inputs).filter(([name]) => !BESIDE_PLATFORM.has(name))))
