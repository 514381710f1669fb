import { readFile } from 'node:fs/promises'
import type { Effects } from '../service/index.ts'
import { ask } from './ask.ts'
import { run } from './run.ts'
import { createUnitActive, unitVerb } from './unit.ts'

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')

export const readTextFile = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** The real machine. systemctl finds systemd at its private socket: the image has no dbus. */
export const machineEffects: Effects = {
  run,
  unit: (verb, name) => unitVerb({ run }, verb, name),
  unitActive: createUnitActive({ run }),
  readFile: readTextFile,
  ask,
}
