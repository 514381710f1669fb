import type { Effects } from '@sysvm/agent/service'
import { checkKea } from '../dhcp/check.ts'
import { KEA_FILE } from './kea.ts'
import { RADVD_FILE } from './radvd.ts'

const exists = async (path: string, { run }: Effects): Promise<boolean> =>
  (await run(['find', path, '-maxdepth', '0', '-ignore_readdir_race']).catch(() => undefined)) !== undefined

/** `radvd -c` and `kea-dhcp6 -t`, each where there is something for it. */
export const check = async (path: (rendered: string) => string, effects: Effects): Promise<void> => {
  if (await exists(path(RADVD_FILE), effects))
    await effects.run(['radvd', '--configtest', '--config', path(RADVD_FILE), '--logmethod', 'stderr'])
  if (await exists(path(KEA_FILE), effects)) await checkKea('kea-dhcp6', path(KEA_FILE), effects)
}
