import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { type Manifest, verifyImage } from '../manifest/index.ts'
import { type Base, buildBase } from './base.ts'
import { makeGuest } from './build-guest.ts'
import { makeRoot, makeSystem, type SystemBuild } from './build-system.ts'
import { publish, withLock, withWorkFolder } from './cache.ts'
import { inputsHash } from './digest.ts'
import { bundleFirmware, bundleLauncher } from './firmware.ts'
import { commonInputs, guestInputs, platformHash, systemInputs } from './inputs.ts'
import { cachePath, outFolder } from './paths.ts'
import { type Progress, type Timed, timed } from './progress.ts'
import { hasPacker, requireTools } from './requirements.ts'
import { publicKeyPath } from './sign.ts'

export { listImages } from './list-images.ts'
export type { Progress } from './progress.ts'
export { publicKeyPath } from './sign.ts'

export interface BuildOptions {
  /** Told of each step; nothing is printed otherwise. */
  readonly progress?: Progress
  /** Boot the system image in a VM, provision and verify it; true unless said otherwise. Left out, and told, without Packer. */
  readonly verify?: boolean
  /** Folder for the links to what was built; `images/out` unless said otherwise. */
  readonly out?: string
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

type Kind = 'system' | 'guest'

const show = async (out: string, kind: Kind, hash: string): Promise<string> => {
  await mkdir(out, { recursive: true })
  await link(cachePath('images', hash), join(out, hash))
  await link(hash, join(out, kind))
  return join(out, hash)
}

type Make = (work: string, out: string) => Promise<Manifest>

interface Wanted {
  readonly kind: Kind
  readonly hash: string
  readonly out: string
  /** Whether an image that is there already will do. */
  readonly accept: (found: Manifest) => boolean
  readonly make: Make
}

/** An image from the cache when it is there and whole, else made and put there by one rename. */
const findOrMake = async ({ kind, hash, out, accept, make }: Wanted): Promise<BuiltImage> => {
  const folder = cachePath('images', hash)
  if (existsSync(folder)) {
    const publicKey = await readFile(publicKeyPath(), 'utf8')
    const found = await verifyImage(folder, publicKey).catch(() => undefined)
    if (found !== undefined && accept(found))
      return { manifest: found, folder: await show(out, kind, hash), cached: true }
  }
  const manifest = await withWorkFolder(kind, async (work) => {
    const finished = join(work, 'out')
    const made = await make(work, finished)
    await publish(finished, folder)
    return made
  })
  return { manifest, folder: await show(out, kind, hash), cached: false }
}

/** All that a system image is made of. */
const systemBuild = async (clock: Timed, base: Base, verify: boolean): Promise<SystemBuild> => {
  const firmware = await clock('Firmware bundle', bundleFirmware, (bytes) => `${(bytes.length / 1024).toFixed(0)} KiB`)
  const launcher = await bundleLauncher()
  const own = { ...(await commonInputs()), base: base.hash, ...(await systemInputs(firmware, launcher)) }
  const hash = inputsHash({ ...own, kind: 'system' })
  return { hash, platform: platformHash(own), base, firmware, launcher, inputs: { ...base.inputs, ...own }, verify }
}

const buildAll = async (clock: Timed, verify: boolean, out: string): Promise<BuiltImages> => {
  const base = await buildBase(clock)
  const build = await systemBuild(clock, base, verify)
  const common = { ...(await commonInputs()), base: base.hash }
  const guestOf = { ...common, ...(await guestInputs()) }
  const guestHash = inputsHash({ ...guestOf, kind: 'guest' })
  const guest = await findOrMake({
    kind: 'guest',
    hash: guestHash,
    out,
    accept: () => true,
    make: (work, finished) => makeGuest({ hash: guestHash, base, inputs: guestOf }, work, finished, clock),
  })
  const system = await findOrMake({
    kind: 'system',
    hash: build.hash,
    out,
    accept: (found) => !verify || Object.keys(found.verification).length > 0,
    make: (work, finished) => makeSystem(build, work, finished, clock),
  })
  return { system, guest, publicKey: publicKeyPath(), offline: base.offline }
}

/**
 * Builds the system-VM image and the guest image, or finds them in the cache by the hash of all their inputs. Needs
 * root. Safe to run twice at once and to kill at any time. Throws SYSVM_IMAGE_TOOLS when programs are missing and
 * SYSVM_IMAGE_BUILD with the failing program's words.
 */
export const buildImages = async ({
  progress = () => undefined,
  verify = true,
  out = outFolder,
}: BuildOptions = {}): Promise<BuiltImages> => {
  requireTools()
  const waiting = (): void => progress({ step: 'Waiting for another build on this machine' })
  const able = verify && hasPacker()
  if (verify && !able)
    progress({ step: 'Verification in a VM', seconds: 0, detail: 'left out: Packer is not installed' })
  return withLock(waiting, () => buildAll(timed(progress), able, out))
}

/**
 * The system image's tree and archive once more, in the new folder `out`: for who wants to see that they come out the
 * same. With a SYSVM_CACHE of its own from nothing. What else an image has is left out.
 */
export const buildRoot = async (out: string): Promise<{ readonly hash: string; readonly rootfsSha256: string }> => {
  requireTools()
  const clock = timed(() => undefined)
  return withLock(
    () => undefined,
    async () => {
      const build = await systemBuild(clock, await buildBase(clock), false)
      const rootfsSha256 = await withWorkFolder('root', (work) => makeRoot(build, work, out, clock))
      return { hash: build.hash, rootfsSha256 }
    },
  )
}
