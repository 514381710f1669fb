import { type Change, type Effects, LIVE } from '@sysvm/agent/service'
import { SysvmError } from '@sysvm/errors'
import { announce } from './announce.ts'
import { convergeCommands, missingDevices, releaseCommands } from './converge.ts'
import { endFlowsOf, goneAddresses } from './flows.ts'
import { readLive } from './read.ts'
import { SYSCTL_FILE } from './render.ts'
import type { InterfacesSpec } from './spec.ts'

const batch = async (commands: readonly string[], { run }: Effects): Promise<void> => {
  if (commands.length > 0) await run(['ip', '-batch', '-'], { input: `${commands.join('\n')}\n` })
}

/** Makes the devices, addresses, default route and kernel switches what the spec says, from any state. */
export const apply = async ({ before, after, files }: Change<InterfacesSpec>, effects: Effects): Promise<void> => {
  // With this service the firewall goes too, and the kernel would forward between all networks, control included.
  if (after === undefined) await effects.run(['sysctl', '-q', '-w', 'net.ipv4.ip_forward=0'])
  const live = await readLive(effects)
  const released = releaseCommands(before, after, live)
  await batch(released, effects)
  if (after === undefined) return
  const missing = missingDevices(after, live)
  if (missing.length > 0)
    throw new SysvmError('SYSVM_BOOT_NIC_MISSING', `The machine has no ${missing.join(', ')}; attach the nic first.`)
  const commands = convergeCommands(after, live)
  await batch(commands, effects)
  if (before === undefined || files.length > 0)
    await effects.run(['/usr/lib/systemd/systemd-sysctl', `${LIVE}/${SYSCTL_FILE}`])
  if ([...released, ...commands].some((command) => /^address (del|flush)/.test(command)))
    await endFlowsOf(goneAddresses(live, await readLive(effects)), effects)
  await announce(commands, effects)
}
