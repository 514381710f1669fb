import { chmod, cp, lstat, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { imagesFolder } from './paths.ts'
import { $, step } from './shell.ts'
import { unpackTree } from './tree.ts'
import { writeUsers } from './users.ts'

export interface SystemInputs {
  readonly baseTar: string
  readonly firmware: Uint8Array
  readonly launcher: Uint8Array
  /** The image's content hash; the machine tells it in its status. */
  readonly hash: string
  /** Of all of it but its firmware: on one platform any firmware runs that names it. */
  readonly platform: string
}

/** A clone's umask must not show in the image: 0755 for folders and programs, 0644 for the rest. */
export const normalizeModes = async (source: string, target: string): Promise<void> => {
  for (const entry of await readdir(source, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue
    const from = join(entry.parentPath, entry.name)
    const executable = entry.isDirectory() || ((await lstat(from)).mode & 0o100) !== 0
    await chmod(join(target, from.slice(source.length)), executable ? 0o755 : 0o644)
  }
}

/** Stage B: base, overlay, users and firmware become the root filesystem in `root`. The same inputs, the same tree. */
export const assembleSystem = async (
  root: string,
  { baseTar, firmware, launcher, hash, platform }: SystemInputs,
): Promise<void> => {
  await mkdir(root, { recursive: true })
  await unpackTree(baseTar, root)
  const overlay = join(imagesFolder, 'system/overlay')
  await cp(overlay, root, { recursive: true, force: true, verbatimSymlinks: true })
  await normalizeModes(overlay, root)
  await writeFile(join(root, 'usr/lib/sysvm/firmware.mjs'), firmware, { mode: 0o644 })
  await writeFile(join(root, 'usr/lib/sysvm/start.mjs'), launcher, { mode: 0o644 })
  await mkdir(join(root, 'etc/sysvm'), { recursive: true })
  await writeFile(join(root, 'etc/sysvm/image'), `${hash}\n`)
  await writeFile(join(root, 'etc/sysvm/platform'), `${platform}\n`)
  await writeUsers(root)
  // Empty, so that systemd makes one for each boot in /run: two machines of one image must not share it.
  await writeFile(join(root, 'etc/machine-id'), '')
  await writeFile(join(root, 'etc/hostname'), 'sysvm\n')
  await writeFile(join(root, 'etc/hosts'), '127.0.0.1 localhost\n::1 localhost\n')
  await writeFile(join(root, 'etc/fstab'), '')
  await rm(join(root, 'etc/resolv.conf'), { force: true })
  await symlink('/run/sysvm/resolv.conf', join(root, 'etc/resolv.conf'))
  await mkdir(join(root, 'var/lib/sysvm'), { recursive: true })
  await $`chown -R --no-dereference root:root ${['etc/sysvm', 'etc/ssh', 'usr/lib/sysvm', 'usr/lib/systemd/system'].map((path) => join(root, path))}`
  // Nobody logs in who would need them.
  await $`find ${root} -xdev -type f -perm /6000 -exec chmod ug-s {} +`
  await step('Writing the library cache', () => $`ldconfig -r ${root}`)
  await rm(join(root, 'var/cache/ldconfig'), { recursive: true, force: true })
}
