import type { Effects } from '@sysvm/agent/service'
import { SysvmError } from '@sysvm/errors'
import { unitOf } from '../names.ts'
import { UNIT } from './names.ts'

/** PPP has no devices of its own among the agent's, which sees few of them. */
const hasPpp = async ({ readFile }: Effects): Promise<boolean> => / ppp$/m.test((await readFile('/proc/devices')) ?? '')

/** L2TP is in transport mode, of which charon's own ESP knows nothing, and in PPP, which is the kernel's. */
const lacking = async (effects: Effects): Promise<string | undefined> => {
  if (!(await effects.unitActive(unitOf('kernel')))) return 'ESP'
  if (await hasPpp(effects)) return undefined
  // No such device can be made, as nobody speaks on it; but the kernel loads what it would need, which the agent may not.
  await effects.run(['ip', 'link', 'add', 'name', 'ppp', 'type', 'ppp']).catch(() => undefined)
  return (await hasPpp(effects)) ? undefined : 'PPP'
}

const unable = (sentence: string): SysvmError =>
  new SysvmError('SYSVM_VPN_KERNEL', `${sentence}: run the router in a VM, or take another protocol.`)

/** Why this machine cannot do L2TP; undefined: it can. Asked while charon runs. */
export const inability = async (effects: Effects): Promise<SysvmError | undefined> => {
  const what = await lacking(effects)
  return what === undefined ? undefined : unable(`The kernel of this router has no ${what}, which L2TP needs`)
}

/** The same, and why it does not run where it could. */
export const notRunning = async (effects: Effects): Promise<SysvmError | undefined> =>
  (await inability(effects)) ??
  ((await effects.unitActive(UNIT)) ? undefined : unable('xl2tpd does not run, as in a machine without /dev/ppp'))
