import { chmod, copyFile, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SOURCE_DATE_EPOCH } from './epoch.ts'
import { imagesFolder } from './paths.ts'
import { $, step } from './shell.ts'

export const BUSYBOX = '/usr/bin/busybox'

/** Copies uncompressed modules and writes the order they are loaded in. */
export const addModules = async (from: string, to: string, order: readonly string[]): Promise<void> => {
  await mkdir(to, { recursive: true })
  const there = await readdir(from)
  const present = order.filter((name) => there.includes(`${name}.ko`))
  for (const name of present) await copyFile(join(from, `${name}.ko`), join(to, `${name}.ko`))
  await writeFile(join(to, 'order'), `${present.join('\n')}\n`)
}

/** A folder as an initramfs: times, inodes and order depend on nothing but the content. */
export const packInitrd = async (folder: string, to: string): Promise<void> => {
  await $`find ${folder} -exec touch --no-dereference --date=@${SOURCE_DATE_EPOCH} {} +`
  const pipeline = `set -eo pipefail; cd "$1"; find . -print0 | sort -z | cpio --quiet --null --create --format=newc --reproducible --owner=0:0 | zstd -q -19 -T1 -f -o "$2"`
  await step('Packing the initrd', () => $`bash -c ${pipeline} bash ${folder} ${to}`)
}

/** The system VM's initrd: busybox, six modules and one script. */
export const makeSystemInitrd = async (
  modules: string,
  order: readonly string[],
  work: string,
  to: string,
): Promise<void> => {
  const folder = join(work, 'initrd')
  for (const name of ['bin', 'dev', 'proc', 'newroot', 'modules']) await mkdir(join(folder, name), { recursive: true })
  await copyFile(BUSYBOX, join(folder, 'bin/busybox'))
  await chmod(join(folder, 'bin/busybox'), 0o755)
  await copyFile(join(imagesFolder, 'initrd/init'), join(folder, 'init'))
  await chmod(join(folder, 'init'), 0o755)
  await addModules(modules, join(folder, 'modules'), order)
  await packInitrd(folder, to)
}
