import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Manifest } from '../manifest/index.ts'
import { type Base, INITRD_MODULES } from './base.ts'
import { artifact, writeManifest } from './describe.ts'
import { compressDisk, layout, makeRawDisk, treeMiB } from './disk.ts'
import { makeSystemInitrd } from './initrd.ts'
import type { Timed } from './progress.ts'
import { cyclonedx, debianComponents, hostComponents, nodeComponent, npmComponents, readLock } from './sbom.ts'
import { $, step } from './shell.ts'
import { signingKey } from './sign.ts'
import { assembleSystem } from './system.ts'
import { digestTree, packTree, treeBytes } from './tree.ts'
import { type Machine, verifyInMachine } from './verify-vm.ts'

/** State partition, sparse until it is used; a host may give a machine a larger disk. */
const STATE_MIB = 512

/** The bundle by itself, for machines that run. */
const FIRMWARE_FILE = 'firmware.mjs'

/** What the kernel must be told for direct boot; a driver adds the console it wants. */
export const SYSTEM_KERNEL_ARGUMENTS = [
  'root=/dev/vda1',
  'ro',
  'net.ifnames=0',
  'quiet',
  'audit=0',
  'panic=5',
  'systemd.show_status=0',
  'random.trust_cpu=on',
  // Not bpf: with it systemd loads a program at each boot that no unit here uses.
  'lsm=landlock,lockdown,yama',
]

export interface SystemBuild {
  readonly hash: string
  readonly platform: string
  readonly base: Base
  readonly firmware: Uint8Array
  readonly launcher: Uint8Array
  readonly inputs: Readonly<Record<string, string>>
  readonly verify: boolean
}

const packages = async (base: Base): Promise<string[]> =>
  (await readFile(join(base.folder, 'packages.txt'), 'utf8')).trim().split('\n')

/** The tree in `out/rootfs` and its archive beside it; the tree's digest. */
export const makeRoot = async (build: SystemBuild, work: string, out: string, timed: Timed): Promise<string> => {
  const { hash, platform, base, firmware, launcher } = build
  const root = join(out, 'rootfs')
  await mkdir(out)
  await timed('System: root filesystem', () =>
    assembleSystem(root, { baseTar: join(base.folder, 'rootfs.tar'), firmware, launcher, hash, platform }),
  )
  const rootfsSha256 = await timed('System: digest', () => digestTree(root))
  await timed('System: archive', async () => {
    await packTree(root, join(work, 'rootfs.tar'))
    await step('zstd', () => $`zstd -q -T2 -9 ${join(work, 'rootfs.tar')} -o ${join(out, 'rootfs.tar.zst')}`)
  })
  return rootfsSha256
}

/** Stages B and C in a scratch folder: tree, disk, verification; the finished image is in `out`. */
export const makeSystem = async (build: SystemBuild, work: string, out: string, timed: Timed): Promise<Manifest> => {
  const { hash, platform, base, firmware } = build
  const root = join(out, 'rootfs')
  const raw = join(work, 'disk.raw')
  const rootfsSha256 = await makeRoot(build, work, out, timed)
  const sizes = layout(await treeMiB(root), STATE_MIB)
  await timed('System: kernel, initrd and disk', async () => {
    await copyFile(join(base.folder, 'vmlinuz'), join(out, 'vmlinuz'))
    const order = INITRD_MODULES.map((path) => path.split('/').at(-1) ?? path)
    await makeSystemInitrd(join(base.folder, 'modules'), order, work, join(out, 'initrd.img'))
    await makeRawDisk(raw, root, hash, 'sysvm-root', sizes)
  })
  const machine: Machine = {
    raw,
    root: sizes.root,
    kernel: join(out, 'vmlinuz'),
    initrd: join(out, 'initrd.img'),
    kernelArguments: SYSTEM_KERNEL_ARGUMENTS,
    work,
  }
  const verification = build.verify
    ? await timed(
        'System: provision and verify in a VM (Packer)',
        () => verifyInMachine(machine),
        (found) => found.accelerator ?? '',
      )
    : {}
  await timed('System: compressed disk', () => compressDisk(raw, 'raw', join(out, 'disk.qcow2')))
  const debian = await packages(base)
  // In the initrd, beside the root filesystem's packages.
  const busybox = await hostComponents(['busybox-static'])
  const npm = npmComponents(await readLock(), ['appliances/firmware', 'appliances/agent', 'appliances/router'])
  await writeFile(
    join(out, 'sbom.json'),
    cyclonedx('sysvm-system', hash, [...debianComponents(debian, 'amd64'), ...busybox, await nodeComponent(), ...npm]),
  )
  await writeFile(join(out, FIRMWARE_FILE), firmware)
  return writeManifest(
    out,
    {
      kind: 'system',
      hash,
      rootfsSha256,
      rootfsBytes: await treeBytes(root),
      kernelArguments: SYSTEM_KERNEL_ARGUMENTS,
      packages: debian.map((entry) => ({ name: entry.split('=')[0] ?? '', version: entry.split('=')[1] ?? '' })),
      inputs: { ...build.inputs },
      verification,
      patch: { platform, firmware: await artifact(out, FIRMWARE_FILE) },
    },
    await signingKey(),
  )
}
