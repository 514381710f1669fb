import type { Effects } from '@sysvm/agent/service'
import { SysvmError } from '@sysvm/errors'
import { CONFIG_FILE } from './render.ts'
import { masked } from './vty.ts'

/** bgpd's own reading; it exits with 0 whatever it thinks of a line, and says so in words. */
const COMPLAINT = /No such command|Ambiguous command|Incomplete command|on config line|^% /m

/** Rejects with bgpd's words, without the passwords that they may repeat. */
export const check = async (path: (rendered: string) => string, effects: Effects): Promise<void> => {
  const file = path(CONFIG_FILE)
  if ((await effects.readFile(file).catch(() => undefined)) === undefined) return
  const { stdout, stderr } = await effects.run([
    '/usr/lib/frr/bgpd',
    '--skip_runas',
    '--bgp_port',
    '0',
    '--dryrun',
    '--config_file',
    file,
  ])
  const words = `${stdout}\n${stderr}`
  if (COMPLAINT.test(words))
    throw new SysvmError('SYSVM_COMMAND_FAILED', `bgpd does not take its configuration: ${masked(words).trim()}`)
}
