import { type Change, type Effects, LIVE } from '@sysvm/agent/service'
import { type Renewal, renewKea } from '../dhcp/apply.ts'
import { convergeCommands } from './converge.ts'
import { SOCKET } from './kea.ts'
import { endStaleLeases } from './leases.ts'
import { daemons, KEA_UNIT, verbOf } from './plan.ts'
import { readLive } from './read.ts'
import { asking } from './sides.ts'
import type { Ipv6Spec } from './spec.ts'
import { SYSCTL_FILE } from './sysctl.ts'

const applyKernel = async (after: Ipv6Spec, effects: Effects): Promise<void> => {
  // Before the addresses: a new one is announced only where the kernel has been told to.
  await effects.run(['/usr/lib/systemd/systemd-sysctl', `${LIVE}/${SYSCTL_FILE}`])
  const commands = convergeCommands(after, await readLive(effects))
  if (commands.length > 0) await effects.run(['ip', '-6', '-batch', '-'], { input: `${commands.join('\n')}\n` })
}

/** What a change of Kea's part takes; a start of one that runs means that nothing is known of it. */
const renewals: Readonly<Record<string, Renewal>> = { none: 'none', update: 'reload' }

const applyDaemons = async (change: Change<Ipv6Spec>, effects: Effects): Promise<void> => {
  for (const daemon of daemons) {
    const { unit, uses } = daemon
    const active = await effects.unitActive(unit)
    if (change.after === undefined || !uses(change.after)) {
      if (active) await effects.unit('stop', unit)
      continue
    }
    const verb = verbOf(daemon, change)
    if (unit === KEA_UNIT) await renewKea(effects, unit, SOCKET, renewals[verb ?? 'none'] ?? 'restart')
    else if (!active) await effects.unit('start', unit)
    else if (verb !== undefined) await effects.unit('reload', unit)
  }
}

/** The kernel's addresses, routes and switches, then those who tell guests of them. */
export const apply = async (change: Change<Ipv6Spec>, effects: Effects): Promise<void> => {
  const { after } = change
  if (after === undefined) await effects.run(['sysctl', '-q', '-e', '-w', 'net.ipv6.conf.all.forwarding=0'])
  else await applyKernel(after, effects)
  await applyDaemons(change, effects)
  if (after !== undefined && asking(after).length > 0) await endStaleLeases(after, effects)
}
