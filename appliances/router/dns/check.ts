import type { Effects } from '@sysvm/agent/service'
import { CONFIG_FILE } from './render.ts'

/** dnsmasq's own reading of its configuration. */
export const check = async (path: (rendered: string) => string, { run }: Effects): Promise<void> => {
  await run(['dnsmasq', '--test', `--conf-file=${path(CONFIG_FILE)}`])
}
