import type { FirewallRule } from '../../model/firewall.ts'
import { defineResponse, type Presented } from '../response.ts'

const fields = {
  id: ['string', "The rule's id."],
  protocol: ['string', 'tcp, udp, icmp or all.'],
  startport: ['integer', 'First port; absent: all.'],
  endport: ['integer', 'Last port.'],
  ipaddressid: ['string', 'The public address it is of.'],
  ipaddress: ['string', 'The public address itself.'],
  networkid: ['string', 'The network it is of.'],
  state: ['string', 'Active once its router has it, until then Add.'],
  cidrlist: ['string', 'Sources.'],
  destcidrlist: ['string', 'Destinations.'],
  icmptype: ['integer', 'ICMP type; -1: all.'],
  icmpcode: ['integer', 'ICMP code; -1: all.'],
  traffictype: ['string', 'Ingress or Egress.'],
  tags: ['list', 'Its tags; none.'],
  fordisplay: ['boolean', 'Always true.'],
} as const

export const firewallRuleResponse = defineResponse('firewallrule', fields)

/** CloudStack answers these families with the fields of a port forwarding, which lack what a filter is about. */
const ownFields = {
  id: fields.id,
  protocol: fields.protocol,
  publicport: ['string', 'First port; absent: all.'],
  publicendport: ['string', 'Last port.'],
  networkid: fields.networkid,
  state: fields.state,
  cidrlist: fields.cidrlist,
  tags: fields.tags,
  fordisplay: fields.fordisplay,
  startport: ['integer', 'First port; absent: all. Of sysvm alone.'],
  endport: ['integer', 'Last port. Of sysvm alone.'],
  destcidrlist: ['string', 'Destinations. Of sysvm alone.'],
  icmptype: ['integer', 'ICMP type; -1: all. Of sysvm alone.'],
  icmpcode: ['integer', 'ICMP code; -1: all. Of sysvm alone.'],
  traffictype: ['string', 'Ingress or Egress. Of sysvm alone.'],
} as const

/** A made or changed rule of IPv6 or of a routed network. */
export const madeRuleResponse = defineResponse('portforwardingrule', ownFields)
export const ipv6RuleListResponse = defineResponse('ipv6firewallrule', ownFields)
export const routingRuleListResponse = defineResponse('firewallrule', ownFields)

const isIcmp = ({ protocol }: FirewallRule): boolean => protocol === 'icmp'

const common = (row: FirewallRule) => ({
  id: row.id,
  protocol: row.protocol,
  startport: row.startport,
  endport: row.endport,
  networkid: row.network,
  state: row.held ? 'Active' : 'Add',
  cidrlist: row.cidrlist.join(','),
  destcidrlist: row.destcidrlist.length === 0 ? null : row.destcidrlist.join(','),
  icmptype: isIcmp(row) ? (row.icmptype ?? -1) : null,
  icmpcode: isIcmp(row) ? (row.icmpcode ?? -1) : null,
  traffictype: row.traffictype,
  tags: [],
  fordisplay: true,
})

export const presentFirewallRule = (row: FirewallRule): Presented<typeof fields> => ({
  ...common(row),
  ipaddressid: row.public_ip,
  ipaddress: row.address,
})

const textOf = (port: number | null): string | null => (port === null ? null : String(port))

export const presentOwnRule = (row: FirewallRule): Presented<typeof ownFields> => ({
  ...common(row),
  publicport: textOf(row.startport),
  publicendport: textOf(row.endport),
})
