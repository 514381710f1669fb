import { type Change, type Effects, LIVE } from '@sysvm/agent/service'
import { SysvmError } from '@sysvm/errors'
import { announce } from './announce.ts'
import { convergeCommands, missingDevices } from './converge.ts'
import { readLive } from './read.ts'
import { SYSCTL_FILE } from './render.ts'
import type { InterfacesSpec } from './spec.ts'

/** Makes the devices, addresses, default route and kernel switches what the spec says, from any state. */
export const apply = async ({ before, after, files }: Change<InterfacesSpec>, effects: Effects): Promise<void> => {
  // A router without this service has no other either: nothing listens or forwards, so its addresses may stay.
  if (after === undefined) return
  const live = await readLive(effects)
  const missing = missingDevices(after, live)
  if (missing.length > 0)
    throw new SysvmError('SYSVM_BOOT_NIC_MISSING', `The machine has no ${missing.join(', ')}; attach the nic first.`)
  const commands = convergeCommands(after, live)
  if (commands.length > 0) await effects.run(['ip', '-batch', '-'], { input: `${commands.join('\n')}\n` })
  if (before === undefined || files.length > 0)
    await effects.run(['/usr/lib/systemd/systemd-sysctl', `${LIVE}/${SYSCTL_FILE}`])
  await announce(commands, effects)
}
