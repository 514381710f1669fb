import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { type Manifest, verifyImage } from '../manifest/index.ts'
import { buildBase } from './base.ts'
import { makeGuest } from './build-guest.ts'
import { makeSystem } from './build-system.ts'
import { publish, withLock, withWorkFolder } from './cache.ts'
import { inputsHash } from './digest.ts'
import { bundleFirmware } from './firmware.ts'
import { commonInputs, guestInputs, systemInputs } from './inputs.ts'
import { cachePath, outFolder } from './paths.ts'
import { type Progress, type Timed, timed } from './progress.ts'
import { requireTools } from './requirements.ts'
import { publicKeyPath } from './sign.ts'

export type { Progress } from './progress.ts'
export { listImages } from './list-images.ts'
export { publicKeyPath } from './sign.ts'

export interface BuildOptions {
  /** Told of each step; nothing is printed otherwise. */
  readonly progress?: Progress
  /** Boot the system image in a VM, provision and verify it; true unless said otherwise. */
  readonly verify?: boolean
}

export interface BuiltImage {
  readonly manifest: Manifest
  /** `images/out/<hash>`, a link into the cache. */
  readonly folder: string
  /** Found in the cache, signature and digests checked, nothing built. */
  readonly cached: boolean
}

export interface BuiltImages {
  readonly system: BuiltImage
  readonly guest: BuiltImage
  /** PEM file of the key that the manager verifies images with. */
  readonly publicKey: string
  /** True when the package archive was out of reach and the last known versions were taken. */
  readonly offline: boolean
}

const link = async (target: string, path: string): Promise<void> => {
  const beside = `${path}.${process.pid}.new`
  await rm(beside, { force: true })
  await symlink(target, beside)
  await rm(path, { recursive: true, force: true })
  await rename(beside, path)
}

const show = async (kind: 'system' | 'guest', hash: string): Promise<string> => {
  await mkdir(outFolder, { recursive: true })
  await link(cachePath('images', hash), join(outFolder, hash))
  await link(hash, join(outFolder, kind))
  return join(outFolder, hash)
}

type Make = (work: string, out: string) => Promise<Manifest>

/** An image from the cache when it is there and whole, else made and put there by one rename. */
const findOrMake = async (kind: 'system' | 'guest', hash: string, wanted: (found: Manifest) => boolean, make: Make): Promise<BuiltImage> => {
  const folder = cachePath('images', hash)
  if (existsSync(folder)) {
    const publicKey = await readFile(publicKeyPath(), 'utf8')
    const found = await verifyImage(folder, publicKey).catch(() => undefined)
    if (found !== undefined && wanted(found)) return { manifest: found, folder: await show(kind, hash), cached: true }
  }
  const manifest = await withWorkFolder(kind, async (work) => {
    const out = join(work, 'out')
    const made = await make(work, out)
    await publish(out, folder)
    return made
  })
  return { manifest, folder: await show(kind, hash), cached: false }
}

const buildAll = async (clock: Timed, verify: boolean): Promise<BuiltImages> => {
  const base = await buildBase(clock)
  const firmware = await clock('Firmware bundle', bundleFirmware, (bytes) => `${(bytes.length / 1024).toFixed(0)} KiB`)
  const common = { ...(await commonInputs()), base: base.hash }
  const guestOf = { ...common, ...(await guestInputs()) }
  const guestHash = inputsHash({ ...guestOf, kind: 'guest' })
  const guest = await findOrMake('guest', guestHash, () => true, (work, out) =>
    makeGuest({ hash: guestHash, base, inputs: guestOf }, work, out, clock),
  )
  const systemOf = { ...common, ...(await systemInputs(firmware)) }
  const hash = inputsHash({ ...systemOf, kind: 'system' })
  const verified = (found: Manifest): boolean => !verify || Object.keys(found.verification).length > 0
  const system = await findOrMake('system', hash, verified, (work, out) =>
    makeSystem({ hash, base, firmware, inputs: { ...base.inputs, ...systemOf }, verify }, work, out, clock),
  )
  return { system, guest, publicKey: publicKeyPath(), offline: base.offline }
}

/**
 * Builds the system-VM image and the guest image, or finds them in the cache by the hash of all their inputs. Needs
 * root. Safe to run twice at once and to kill at any time. Throws SYSVM_IMAGE_TOOLS when programs are missing and
 * SYSVM_IMAGE_BUILD with the failing program's words.
 */
export const buildImages = async ({ progress = () => undefined, verify = true }: BuildOptions = {}): Promise<BuiltImages> => {
  requireTools()
  const waiting = (): void => progress({ step: 'Waiting for another build on this machine' })
  return withLock(waiting, () => buildAll(timed(progress), verify))
}
