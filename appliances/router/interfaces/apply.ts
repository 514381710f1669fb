import { setTimeout as sleep } from 'node:timers/promises'
import { type Change, type Effects, LIVE } from '@sysvm/agent/service'
import { SysvmError } from '@sysvm/errors'
import { announce } from './announce.ts'
import { convergeCommands, missingDevices, releaseCommands } from './converge.ts'
import { endFlowsOf, goneAddresses } from './flows.ts'
import type { Live } from './live.ts'
import { readLive } from './read.ts'
import { SYSCTL_FILE } from './render.ts'
import type { InterfacesSpec } from './spec.ts'

const batch = async (commands: readonly string[], { run }: Effects): Promise<void> => {
  if (commands.length > 0) await run(['ip', '-batch', '-'], { input: `${commands.join('\n')}\n` })
}

/** A nic that was plugged in just now appears a moment later, and in an emulated machine some moments later. */
const NIC_WAIT_MS = 5000
const NIC_POLL_MS = 50

/** Throws SYSVM_BOOT_NIC_MISSING after 5 s. */
const awaitDevices = async (spec: InterfacesSpec, first: Live, effects: Effects): Promise<Live> => {
  const deadline = performance.now() + NIC_WAIT_MS
  for (let live = first; ; live = await readLive(effects)) {
    const missing = missingDevices(spec, live)
    if (missing.length === 0) return live
    if (performance.now() > deadline)
      throw new SysvmError('SYSVM_BOOT_NIC_MISSING', `The machine has no ${missing.join(', ')}; attach the nic first.`)
    await sleep(NIC_POLL_MS)
  }
}

/** Makes the devices, addresses, default route and kernel switches what the spec says, from any state. */
export const apply = async ({ before, after, files }: Change<InterfacesSpec>, effects: Effects): Promise<void> => {
  // With this service the firewall goes too, and the kernel would forward between all networks, control included.
  if (after === undefined) await effects.run(['sysctl', '-q', '-w', 'net.ipv4.ip_forward=0'])
  const live = await readLive(effects)
  const released = releaseCommands(before, after, live)
  await batch(released, effects)
  if (after === undefined) return
  // With a device that was released the kernel dropped its routes.
  const found = await awaitDevices(after, released.length === 0 ? live : await readLive(effects), effects)
  const commands = convergeCommands(after, found)
  await batch(commands, effects)
  // The kernel's switches of a device went with it, when it was unplugged and came back.
  if (before === undefined || files.length > 0 || commands.some((command) => / name eth\d+$| up$/.test(command)))
    await effects.run(['/usr/lib/systemd/systemd-sysctl', `${LIVE}/${SYSCTL_FILE}`])
  if ([...released, ...commands].some((command) => /^address (del|flush)/.test(command)))
    await endFlowsOf(goneAddresses(live, await readLive(effects)), effects)
  await announce(commands, effects)
}
