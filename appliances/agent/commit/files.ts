import { chmod, chown, mkdir, readdir, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { SysvmError } from '@sysvm/errors'
import { groupId } from '../effects/group.ts'
import { modeOf, type RenderedFile } from '../service/index.ts'
import type { Generation } from './generation.ts'

/** Folders of a machine; tests give their own. */
export interface Folders {
  /** On tmpfs: sockets and everything rendered. */
  readonly run: string
  /** On disk: journal and signed specs. */
  readonly state: string
}

export const machineFolders: Folders = { run: '/run/sysvm', state: '/var/lib/sysvm' }

const filesOf = (generation: Generation): RenderedFile[] =>
  Object.values(generation.rendered).flatMap(({ files }) => files)

/** Born without rights for others, so a secret is never readable for a moment. */
const writeRendered = async (path: string, file: RenderedFile): Promise<void> => {
  await writeFile(path, file.text, { mode: 0o600 })
  if (file.group !== undefined) {
    const gid = await groupId(file.group)
    if (gid === undefined) {
      throw new SysvmError(
        'SYSVM_STAGE_FAILED',
        `${file.path} is for the group ${file.group}, which this machine lacks; give it the image of its firmware.`,
      )
    }
    await chown(path, -1, gid)
  }
  await chmod(path, modeOf(file))
}

/** The rendered files of generations, and the link that daemons read through. */
export interface LiveFiles {
  /** Folder of the generation in force; undefined before the first. */
  current(): Promise<string | undefined>
  /** Writes a generation beside the one in force; the folder's path. */
  write(generation: Generation): Promise<string>
  /** Makes the folder the one that daemons read, by one rename; undefined: none is. */
  swap(folder: string | undefined): Promise<void>
  /** Removes all folders but the one in force. */
  sweep(): Promise<void>
}

export const openLiveFiles = ({ run }: Folders): LiveFiles => {
  const live = `${run}/live`
  const generations = `${run}/generations`
  const current = async (): Promise<string | undefined> => {
    const target = await readlink(live).catch(() => undefined)
    return target === undefined ? undefined : join(run, target)
  }
  return {
    current,
    write: async (generation) => {
      // A folder that daemons read is never written to: the same generation again gets another name.
      const plain = `${generations}/${generation.generation}`
      const folder = (await current()) === plain ? `${plain}.again` : plain
      await rm(folder, { recursive: true, force: true })
      await mkdir(folder, { recursive: true, mode: 0o755 })
      const files = filesOf(generation)
      for (const path of new Set(files.map((file) => dirname(`${folder}/${file.path}`)))) {
        await mkdir(path, { recursive: true, mode: 0o755 })
      }
      await Promise.all(files.map((file) => writeRendered(`${folder}/${file.path}`, file)))
      return folder
    },
    swap: async (folder) => {
      if (folder === undefined) return rm(live, { force: true })
      await rm(`${live}.new`, { force: true })
      await symlink(`generations/${basename(folder)}`, `${live}.new`)
      await rename(`${live}.new`, live)
    },
    sweep: async () => {
      const inForce = await current()
      for (const name of await readdir(generations).catch(() => [])) {
        const folder = `${generations}/${name}`
        if (folder !== inForce) await rm(folder, { recursive: true, force: true })
      }
    },
  }
}
