import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { getuid } from 'node:process'
import { SysvmError } from '@sysvm/errors'
import { KEYRINGS } from './sources.ts'

/** Files a build cannot do without, and the Debian package each is in. */
const NEEDS: Readonly<Record<string, string>> = {
  '/usr/bin/mmdebstrap': 'mmdebstrap',
  '/usr/bin/busybox': 'busybox-static',
  '/usr/bin/cpio': 'cpio',
  '/usr/bin/strip': 'binutils',
  '/usr/bin/zstd': 'zstd',
  '/usr/bin/qemu-img': 'qemu-utils',
  '/usr/bin/qemu-system-x86_64': 'qemu-system-x86',
  '/usr/bin/ssh-keygen': 'openssh-client',
  '/usr/bin/grub-mkimage': 'grub-common',
  '/usr/lib/grub/i386-pc/boot.img': 'grub-pc-bin',
  '/sbin/mke2fs': 'e2fsprogs',
  '/sbin/sfdisk': 'fdisk',
  '/sbin/depmod': 'kmod',
  ...Object.fromEntries(KEYRINGS.map((path) => [path, 'debian-archive-keyring'])),
}

const present = (path: string): boolean => {
  try {
    accessSync(path, constants.R_OK)
    return true
  } catch {
    return false
  }
}

/** Throws SYSVM_NEEDS_ROOT, or SYSVM_IMAGE_TOOLS with everything that is missing in one message. */
export const requireTools = (): void => {
  if (getuid?.() !== 0) {
    throw new SysvmError(
      'SYSVM_NEEDS_ROOT',
      'Building an image needs root: its files belong to root and to the users of its daemons. Run it as root.',
    )
  }
  const missing = [...new Set(Object.entries(NEEDS).flatMap(([path, name]) => (present(path) ? [] : [name])))]
  if (missing.length === 0) return
  throw new SysvmError(
    'SYSVM_IMAGE_TOOLS',
    `Building an image needs Debian packages that are not installed: ${missing.join(', ')}; run \`make deps\`.`,
    { details: { missing } },
  )
}

/** Whether Packer is on the path: Debian 13 does not have it, and newer ones are installed anywhere. */
export const hasPacker = (): boolean =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => present(join(folder, 'packer')))
