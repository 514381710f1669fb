import { chmod, copyFile, cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Manifest } from '../manifest/index.ts'
import type { Base } from './base.ts'
import { writeManifest } from './describe.ts'
import { compressDisk, installGrub, layout, makeRawDisk } from './disk.ts'
import { addModules, BUSYBOX, packInitrd } from './initrd.ts'
import { packageLines } from './list.ts'
import { imagesFolder } from './paths.ts'
import type { Timed } from './progress.ts'
import { cyclonedx, debianComponents, hostComponents } from './sbom.ts'
import { $, step } from './shell.ts'
import { signingKey } from './sign.ts'
import { normalizeModes } from './system.ts'
import { digestTree, packTree, treeBytes } from './tree.ts'

export const GUEST_KERNEL_ARGUMENTS = ['net.ifnames=0', 'quiet', 'panic=5']
const DISK_MIB = 32
/** Network, and the power button with its input device; the disk holds only what the boot loader reads. */
const MODULES = ['failover', 'net_failover', 'virtio_net', 'button', 'evdev']
/** Paths that scripts and nspawn expect as links to the one program. */
const folders = ['bin', 'sbin', 'usr/bin', 'usr/sbin']

const assembleGuest = async (root: string, base: Base): Promise<void> => {
  for (const name of ['dev', 'proc', 'sys', 'run', 'tmp', 'root', 'var', 'lib', ...folders]) {
    await mkdir(join(root, name), { recursive: true })
  }
  const overlay = join(imagesFolder, 'guest/overlay')
  await cp(overlay, root, { recursive: true, verbatimSymlinks: true })
  await normalizeModes(overlay, root)
  await chmod(join(root, 'tmp'), 0o1777)
  await copyFile(BUSYBOX, join(root, 'bin/busybox'))
  await chmod(join(root, 'bin/busybox'), 0o755)
  const { stdout } = await $`${BUSYBOX} --list-full`
  for (const path of stdout.trim().split('\n')) {
    if (path === 'bin/busybox' || !folders.includes(dirname(path))) continue
    await symlink('/bin/busybox', join(root, path))
  }
  await symlink('/sbin/init', join(root, 'init'))
  await symlink('/run/resolv.conf', join(root, 'etc/resolv.conf'))
  await addModules(join(base.folder, 'modules'), join(root, 'lib/modules'), MODULES)
  await $`chown -R --no-dereference root:root ${root}`
}

export interface GuestBuild {
  readonly hash: string
  readonly base: Base
  readonly inputs: Readonly<Record<string, string>>
}

/** The demo guest: busybox in an initramfs, with the system VM's kernel, as container, direct boot and bootable disk. */
export const makeGuest = async (
  { hash, base, inputs }: GuestBuild,
  work: string,
  out: string,
  timed: Timed,
): Promise<Manifest> => {
  const root = join(out, 'rootfs')
  await mkdir(root, { recursive: true })
  return timed('Guest: root filesystem, initrd and disk', async () => {
    await assembleGuest(root, base)
    const rootfsSha256 = await digestTree(root)
    await packTree(root, join(work, 'rootfs.tar'))
    await step('zstd', () => $`zstd -q -19 ${join(work, 'rootfs.tar')} -o ${join(out, 'rootfs.tar.zst')}`)
    await packInitrd(root, join(out, 'initrd.img'))
    await copyFile(join(base.folder, 'vmlinuz'), join(out, 'vmlinuz'))
    const boot = join(work, 'boot')
    await mkdir(boot)
    for (const name of ['vmlinuz', 'initrd.img']) await copyFile(join(out, name), join(boot, name))
    const raw = join(work, 'disk.raw')
    await makeRawDisk(raw, boot, hash, 'sysvm-guest', layout(DISK_MIB, 0))
    await installGrub(raw, work, GUEST_KERNEL_ARGUMENTS)
    await compressDisk(raw, 'raw', join(out, 'disk.qcow2'))
    const [busybox = ''] = packageLines((await $`dpkg-query --show busybox-static`).stdout)
    const kernels = (await readFile(join(base.folder, 'packages.txt'), 'utf8')).match(/^linux-image-\d.*$/gm) ?? []
    const components = [
      ...(await hostComponents(['busybox-static', 'grub-pc-bin'])),
      ...debianComponents(kernels, 'amd64'),
    ]
    await writeFile(join(out, 'sbom.json'), cyclonedx('sysvm-guest', hash, components))
    return writeManifest(
      out,
      {
        kind: 'guest',
        hash,
        rootfsSha256,
        rootfsBytes: await treeBytes(root),
        kernelArguments: GUEST_KERNEL_ARGUMENTS,
        packages: [{ name: 'busybox-static', version: busybox.split('=')[1] ?? '' }],
        inputs: { ...inputs },
        verification: {},
      },
      await signingKey(),
    )
  })
}
