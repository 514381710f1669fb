import type { Effects } from '@sysvm/agent/service'
import { CONFIG_FILE, USERS_FILE } from './names.ts'

/** haproxy's own reading of its configuration, certificates and keys included. */
export const check = async (path: (rendered: string) => string, { run, readFile }: Effects): Promise<void> => {
  // Without a rule for haproxy there is no configuration.
  if ((await readFile(path(CONFIG_FILE)).catch(() => undefined)) === undefined) return
  await run(['haproxy', '-c', '-q', '-f', path(CONFIG_FILE), '-f', path(USERS_FILE)])
}
