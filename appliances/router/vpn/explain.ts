import type { Decision, Reason } from '@sysvm/agent/service'
import type { VpnSpec } from './spec.ts'

/** What the counters of dropped packets mean. */
const dropped: Readonly<Record<string, string>> = {
  vpn_astray: 'It came by a tunnel and is for no guest network that the router has now.',
  vpn_spoofed:
    'Its source is at another site, or of a machine that a VPN lets in, and it did not come by the tunnel from there.',
  vpn_unprotected: 'It is for another site, or a machine that a VPN lets in, and there is no tunnel to it now.',
}

/** What the VPN's part of the ruleset did to a packet. Pure. */
export const explain = (_: VpnSpec, { table, chain, rule, verdict }: Decision): Reason | undefined => {
  if (table !== 'inet sysvm_filter') return undefined
  const says = verdict === 'drop' ? dropped[/counter name "([a-z_]+)"/.exec(rule)?.[1] ?? ''] : undefined
  if (says !== undefined) return { says }
  const carried = chain === 'forward_services' && verdict === 'accept' && rule.includes('@vpn_')
  return carried
    ? { says: 'It goes by a tunnel between this site and another one, or a machine that a VPN lets in.' }
    : undefined
}
