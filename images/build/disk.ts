import { open, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { $, step } from './shell.ts'

const MIB = 1024 * 1024
const SECTOR = 512
/** Where the first partition begins; GRUB's core lies before it. */
const START = MIB

/** A UUID that follows from the image's hash, so that a rebuilt disk has the same one. */
export const uuidOf = (hash: string): string =>
  [hash.slice(0, 8), hash.slice(8, 12), `4${hash.slice(13, 16)}`, `8${hash.slice(17, 20)}`, hash.slice(20, 32)].join(
    '-',
  )

export interface Partition {
  readonly start: number
  readonly bytes: number
}

/** Root partition and, after it, the rest: state. Sizes in bytes, whole MiB. */
export interface Layout {
  readonly root: Partition
  readonly state?: Partition
}

export const layout = (rootMiB: number, stateMiB: number): Layout => ({
  root: { start: START, bytes: rootMiB * MIB },
  ...(stateMiB > 0 && { state: { start: START + rootMiB * MIB, bytes: stateMiB * MIB } }),
})

const partitionTable = ({ root, state }: Layout): string => {
  const line = ({ start, bytes }: Partition, rest: string): string =>
    `start=${start / SECTOR}, size=${bytes / SECTOR}, type=83${rest}`
  return ['label: dos', 'label-id: 0x73797376', line(root, ', bootable'), ...(state ? [line(state, '')] : []), ''].join(
    '\n',
  )
}

/** Makes a raw disk with an ext4 of `tree` on its first partition; no loop device, so it works in a container too. */
export const makeRawDisk = async (
  raw: string,
  tree: string,
  hash: string,
  label: string,
  sizes: Layout,
): Promise<void> => {
  const end = sizes.state ?? sizes.root
  await writeFile(raw, '')
  await truncate(raw, end.start + end.bytes)
  const table = $`sfdisk --quiet ${raw}`
  table.stdin.end(partitionTable(sizes))
  await step('Partitioning', () => table)
  const uuid = uuidOf(hash)
  const options = `offset=${sizes.root.start},root_owner=0:0,hash_seed=${uuid}`
  // Mounted read-only, so a journal would only be space and time.
  await step(
    'mke2fs',
    () =>
      $`mke2fs -q -F -t ext4 -O ^has_journal,^metadata_csum_seed,^orphan_file -m 0 -U ${uuid} -L ${label} -E ${options} -d ${tree} ${raw} ${sizes.root.bytes / 1024}k`,
  )
}

/** Size that holds a tree with room for the file system's own tables, in MiB. */
export const treeMiB = async (tree: string): Promise<number> => {
  const { stdout } = await $`du --summarize --block-size=1M ${tree}`
  return Math.ceil(Number(stdout.split('\t')[0]) * 1.08) + 24
}

/** Boots the disk by BIOS: GRUB's first stage in the MBR, its core with an embedded configuration behind it. */
export const installGrub = async (raw: string, work: string, kernelArguments: readonly string[]): Promise<void> => {
  const config = join(work, 'grub.cfg')
  const core = join(work, 'core.img')
  await writeFile(
    config,
    `set root=(hd0,msdos1)\nlinux /vmlinuz ${kernelArguments.join(' ')} console=tty0 console=ttyS0\ninitrd /initrd.img\nboot\n`,
  )
  const modules = ['biosdisk', 'part_msdos', 'ext2', 'linux', 'normal']
  await step('grub-mkimage', () => $`grub-mkimage -O i386-pc -p ${'(hd0,msdos1)/'} -c ${config} -o ${core} ${modules}`)
  if ((await stat(core)).size > START - SECTOR) throw new Error('GRUB does not fit before the first partition')
  await $`dd if=/usr/lib/grub/i386-pc/boot.img of=${raw} bs=440 count=1 conv=notrunc status=none`
  await $`dd if=${core} of=${raw} bs=512 seek=1 conv=notrunc status=none`
}

export const compressDisk = async (from: string, format: 'raw' | 'qcow2', to: string): Promise<void> => {
  await step(
    'Compressing the disk',
    () => $`qemu-img convert -f ${format} -O qcow2 -m 4 -W -c -o compression_type=zstd ${from} ${to}`,
  )
}

/** SHA-256 of a partition's bytes in a raw disk. */
export const readRange = async function* (raw: string, { start, bytes }: Partition): AsyncGenerator<Uint8Array> {
  const file = await open(raw)
  try {
    for await (const chunk of file.createReadStream({ start, end: start + bytes - 1, highWaterMark: MIB })) yield chunk
  } finally {
    await file.close()
  }
}
