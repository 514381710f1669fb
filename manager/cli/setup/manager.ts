import { dirname, join } from 'node:path'
import { messageOf, SysvmError } from '@sysvm/errors'
import type { BuiltImages } from '@sysvm/images/build'
import { NODE_FLAGS } from '../../node-flags.ts'
import type { Client } from '../client.ts'
import { endProcesses, type Found, findProcess, isAlive, startBackground } from '../demo/processes.ts'
import { until } from '../demo/until.ts'
import { ensureText, readText } from '../files.ts'
import { inState, type Settings } from '../settings.ts'

export const findManager = (settings: Settings): Found | undefined =>
  findProcess(settings, 'manager', 'manager/main.ts')

/** The last lines the manager wrote, for an error message. */
const lastWords = async (settings: Settings): Promise<string> =>
  ((await readText(inState(settings, 'log/manager.log'))) ?? '').trimEnd().split('\n').slice(-5).join('\n')

export interface ManagerFiles {
  readonly images: BuiltImages
  /** Public key that opens a root shell in system VMs. */
  readonly operatorKey: string
}

/** Starts the manager unless it runs, and waits until its API answers. SYSVM_UP_PROCESS when it ends instead. */
export const ensureManager = async (settings: Settings, client: Client, files: ManagerFiles): Promise<void> => {
  if (findManager(settings) === undefined) {
    const program = join(settings.top, 'manager/main.ts')
    await startBackground(
      settings,
      'manager',
      [process.execPath, '--conditions=source', '--disable-warning=ExperimentalWarning', ...NODE_FLAGS, program],
      {
        SYSVM_STATE: settings.state,
        SYSVM_API_PORT: String(settings.port),
        SYSVM_IMAGES: dirname(files.images.system.folder),
        SYSVM_IMAGE_KEY: files.images.publicKey,
        SYSVM_OPERATOR_KEY: files.operatorKey,
      },
    )
  }
  const found = await until('the manager starts', 5000, () => findManager(settings)).catch(() => undefined)
  if (found !== undefined) await ensureText(inState(settings, 'manager.pid'), `${found.pid}\n`)
  let why = 'it ended at once'
  const answers = async (): Promise<boolean> => {
    if (found === undefined || !isAlive(found)) {
      throw new SysvmError('SYSVM_UP_PROCESS', `the manager ended; it said:\n${await lastWords(settings)}`)
    }
    try {
      await client.call('listZones')
      return true
    } catch (error) {
      why = messageOf(error)
      return false
    }
  }
  await until('the API answers', 120_000, answers).catch((cause: unknown) => {
    if (cause instanceof SysvmError && cause.code === 'SYSVM_UP_PROCESS') throw cause
    throw new SysvmError('SYSVM_TIMEOUT', `the manager does not answer: ${why}; see ${settings.state}/log/manager.log`)
  })
}

/** Ends the manager; it stops its private PostgreSQL itself when it is let. */
export const stopManager = async (settings: Settings): Promise<void> => {
  const found = findManager(settings)
  if (found !== undefined) await endProcesses([found], 'SIGTERM', 20_000)
}
