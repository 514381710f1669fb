import type { Effects } from '@sysvm/agent/service'
import { SysvmError } from '@sysvm/errors'
import { checkListening } from '../dhcp/health.ts'
import { convergeCommands } from './converge.ts'
import { SOCKET } from './kea.ts'
import { readLeases } from './leases.ts'
import { daemons, KEA_UNIT } from './plan.ts'
import { readLive } from './read.ts'
import { asking } from './sides.ts'
import type { Ipv6Spec } from './spec.ts'
import { sysctls } from './sysctl.ts'

/** What would have to be done to make the kernel what the spec says, a line each. */
export const drift = async (spec: Ipv6Spec, effects: Effects): Promise<readonly string[]> => {
  const commands = convergeCommands(spec, await readLive(effects))
  const values = await Promise.all(
    sysctls(spec).map(async ([path, wanted]) => ({ path, wanted, found: (await effects.readFile(path))?.trim() })),
  )
  return [
    ...commands.map((command) => `needs: ip -6 ${command}`),
    ...values
      .filter(({ wanted, found }) => found !== wanted)
      .map(({ path, wanted, found }) => `${path} is ${found ?? 'missing'}, not ${wanted}`),
  ]
}

/** Addresses are there, and who tells guests of them runs and hears them. */
export const health = async (spec: Ipv6Spec, effects: Effects): Promise<void> => {
  const wrong = convergeCommands(spec, await readLive(effects))
  if (wrong.length > 0) throw new SysvmError('SYSVM_PROBE_FAILED', `IPv6 is not as the spec says: ${wrong.join('; ')}`)
  for (const { unit } of daemons.filter(({ uses }) => uses(spec))) {
    if (!(await effects.unitActive(unit))) throw new SysvmError('SYSVM_PROBE_FAILED', `${unit} does not run`)
    if (unit === KEA_UNIT) await checkListening(effects, SOCKET)
  }
}

export interface Lease6State {
  readonly address: string
  readonly mac: string | null
  readonly duid: string
  readonly hostname: string
  /** ISO 8601. */
  readonly expires: string
}

/** The addresses that guests have asked for. */
export const state = async (spec: Ipv6Spec, effects: Effects): Promise<readonly Lease6State[]> => {
  const leases = asking(spec).length === 0 ? [] : await readLeases(effects)
  return leases.map((lease) => ({
    address: lease['ip-address'],
    mac: lease['hw-address'] ?? null,
    duid: lease.duid,
    hostname: lease.hostname,
    expires: new Date((lease.cltt + lease['valid-lft']) * 1000).toISOString(),
  }))
}
