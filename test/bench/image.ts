import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Manifest } from '@sysvm/images/manifest'
import { builtImage } from '../lab/index.ts'
import { type Bench, round } from './bench.ts'

/** CloudStack's system VM template, as shared/design/DESIGN.md has it; it is not downloaded here. */
const CLOUDSTACK_MB = 500

const megabytes = (bytes: number): number => round(bytes / 1e6)

const readManifest = async (kind: 'system' | 'guest'): Promise<Manifest> =>
  Manifest.parse(JSON.parse(await readFile(join(builtImage(kind), 'manifest.json'), 'utf8')))

export const bench: Bench = {
  name: 'image',
  title: "Size of the images, compressed, beside CloudStack's system VM template",
  async run(print) {
    const [system, guest] = await Promise.all([readManifest('system'), readManifest('guest')])
    for (const { kind, artifacts, rootfsBytes, packages } of [system, guest]) {
      print({
        image: kind,
        'disk MB': megabytes(artifacts.disk.bytes),
        'archive MB': megabytes(artifacts.rootfs.bytes),
        'kernel and initrd MB': megabytes(artifacts.kernel.bytes + artifacts.initrd.bytes),
        'unpacked MB': megabytes(rootfsBytes),
        packages: packages.length,
      })
    }
    print({
      image: 'CloudStack',
      'disk MB': CLOUDSTACK_MB,
      'archive MB': '',
      'kernel and initrd MB': '',
      'unpacked MB': '',
      packages: '',
    })
    const { disk, rootfs, kernel, initrd } = system.artifacts
    // For a VM a host needs the disk, the kernel and the initrd: the larger of the two ways to take the image.
    const ours = megabytes(Math.max(disk.bytes + kernel.bytes + initrd.bytes, rootfs.bytes))
    return {
      unit: 'MB',
      ours,
      other: CLOUDSTACK_MB,
      ratio: round(ours / CLOUDSTACK_MB, 2),
      detail: {
        packages: system.packages.length,
        diskMB: megabytes(disk.bytes),
        archiveMB: megabytes(rootfs.bytes),
        unpackedMB: megabytes(system.rootfsBytes),
        guestDiskMB: megabytes(guest.artifacts.disk.bytes),
        guestArchiveMB: megabytes(guest.artifacts.rootfs.bytes),
        otherIs: 'a published figure, not measured here',
      },
    }
  },
}
