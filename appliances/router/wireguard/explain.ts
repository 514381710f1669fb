import type { Decision, Reason } from '@sysvm/agent/service'
import type { WireGuardSpec } from './spec.ts'

/** What the counters of dropped packets mean. */
const dropped: Readonly<Record<string, string>> = {
  wireguard_astray: 'It came by WireGuard and is for no guest network of the router.',
  wireguard_spoofed: "Its source is a WireGuard client's, and it did not come from there.",
  wireguard_unprotected: 'It is for a WireGuard client, and the tunnel is not there.',
}

/** What WireGuard's part of the ruleset did to a packet. Pure. */
export const explain = (_: WireGuardSpec, { table, chain, rule, verdict }: Decision): Reason | undefined => {
  if (table !== 'inet sysvm_filter') return undefined
  const says = verdict === 'drop' ? dropped[/counter name "([a-z_]+)"/.exec(rule)?.[1] ?? ''] : undefined
  if (says !== undefined) return { says }
  const carried = chain === 'forward_services' && verdict === 'accept' && rule.includes('@wireguard_')
  return carried ? { says: 'It goes between a guest and a WireGuard client.' } : undefined
}
