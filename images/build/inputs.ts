import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256, sha256File, sha256Folder } from './digest.ts'
import { BUSYBOX } from './initrd.ts'
import { imagesFolder, repositoryFolder } from './paths.ts'

/** What every image depends on: the code that builds it and the programs that end up in it. */
export const commonInputs = async (): Promise<Record<string, string>> => ({
  build: await sha256Folder(join(imagesFolder, 'build')),
  schema: sha256(await readFile(join(imagesFolder, 'manifest/schema.ts'))),
  busybox: await sha256File(BUSYBOX),
})

export const systemInputs = async (firmware: Uint8Array): Promise<Record<string, string>> => ({
  overlay: await sha256Folder(join(imagesFolder, 'system/overlay')),
  initrd: await sha256Folder(join(imagesFolder, 'initrd')),
  packer: await sha256Folder(join(repositoryFolder, 'packer')),
  firmware: sha256(firmware),
  lock: sha256(await readFile(join(repositoryFolder, 'package-lock.json'))),
})

export const guestInputs = async (): Promise<Record<string, string>> => ({
  overlay: await sha256Folder(join(imagesFolder, 'guest/overlay')),
})
