import { createHash } from 'node:crypto'
import { SOURCE_DATE_EPOCH } from './epoch.ts'
import { $, step } from './shell.ts'

/** The order, owners and times of a tar depend on nothing but the tree. Extended attributes carry file capabilities. */
const FLAGS = [
  '--sort=name',
  '--numeric-owner',
  '--format=posix',
  '--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime',
  '--xattrs',
  `--mtime=@${SOURCE_DATE_EPOCH}`,
  '--clamp-mtime',
]

export const packTree = async (root: string, tar: string): Promise<void> => {
  await step('Packing the root filesystem', () => $`tar ${FLAGS} -C ${root} -cf ${tar} .`)
}

export const unpackTree = async (tar: string, root: string): Promise<void> => {
  await step(
    'Unpacking the root filesystem',
    () => $`tar --xattrs --xattrs-include=* --numeric-owner -C ${root} -xpf ${tar}`,
  )
}

/** SHA-256 of the tree's tar, and the size of its files in bytes. */
export const digestTree = async (root: string): Promise<string> => {
  const hash = createHash('sha256')
  const tar = $`tar ${FLAGS} -C ${root} -cf - .`
  for await (const chunk of tar.stdout) hash.update(chunk)
  await tar
  return hash.digest('hex')
}

/** Bytes of the files of a tree, hard links counted once. */
export const treeBytes = async (root: string): Promise<number> =>
  Number((await $`du --summarize --bytes ${root}`).stdout.split('\t')[0])
