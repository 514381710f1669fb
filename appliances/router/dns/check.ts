import type { Effects } from '@sysvm/agent/service'
import { configFile } from './render.ts'

/** dnsmasq's own reading of every configuration that is staged. */
export const check = async (path: (rendered: string) => string, { run }: Effects): Promise<void> => {
  const { stdout } = await run(['find', path('dns'), '-name', 'dnsmasq.conf', '-printf', '%h\\n'])
  for (const folder of stdout.trim().split('\n')) {
    const device = folder.slice(folder.lastIndexOf('/') + 1)
    await run(['dnsmasq', '--test', `--conf-file=${path(configFile(device))}`])
  }
}
