import type { Effects } from '@sysvm/agent/service'
import { SysvmError } from '@sysvm/errors'
import { CONNTRACKD_FILE, KEEPALIVED_FILE } from './names.ts'

/**
 * conntrackd has no dry run, but reads its configuration before it asks a running one for statistics; that nobody
 * answers at a socket is no complaint about the file.
 */
const checkConntrackd = async (file: string, { run }: Effects): Promise<void> => {
  try {
    await run(['conntrackd', '-C', file, '-s'])
  } catch (error) {
    if (error instanceof SysvmError && !/parsing config|syntax error|in line/i.test(error.message)) return
    throw error
  }
}

/** Both daemons' own reading. */
export const check = async (path: (rendered: string) => string, effects: Effects): Promise<void> => {
  await effects.run(['keepalived', '--config-test', '--use-file', path(KEEPALIVED_FILE)])
  await checkConntrackd(path(CONNTRACKD_FILE), effects)
}
