import type { Selectable } from 'kysely'
import { lockFirewallRule, refuseConflict, updateFirewallRuleRow } from '../../model/firewall.ts'
import { reviseNetwork } from '../../model/network.ts'
import type { FirewallRuleTable } from '../../model/schema/firewall.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { ownRuleResult } from '../firewall/job.ts'
import { cidrs, protocols, shapeOf, transport } from '../firewall/parameters.ts'
import { madeRuleResponse } from '../firewall/response.ts'
import { found } from '../found.ts'
import { startNetworkJob } from '../network/job.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'

const params = {
  id: p.required(p.uuid('The rule.')),
  protocol: p.choice('tcp, udp, icmp (ICMPv6) or all; another one makes ports and types be given anew.', protocols),
  traffictype: p.choice('Ingress or Egress.', ['Ingress', 'Egress']),
  ...transport,
  cidrlist: cidrs('Sources.', [6]),
  fordisplay: p.only('Whether it is shown.', true),
}

type Given = p.Values<typeof params>

/** The rule as it would be; ports and types of another protocol mean nothing. */
const changed = (rule: Selectable<FirewallRuleTable>, given: Given) => {
  const protocol = given.protocol ?? rule.protocol
  const same = protocol === rule.protocol
  const kept = {
    startport: same && rule.startport !== null ? rule.startport : undefined,
    endport: same && rule.endport !== null && given.startport === undefined ? rule.endport : undefined,
    icmptype: same && rule.icmptype !== null ? rule.icmptype : undefined,
    icmpcode: same && rule.icmpcode !== null && given.icmptype === undefined ? rule.icmpcode : undefined,
  }
  const { startport = kept.startport, endport = kept.endport } = given
  const { icmptype = kept.icmptype, icmpcode = kept.icmpcode } = given
  return {
    protocol,
    traffictype: given.traffictype ?? rule.traffictype,
    ...shapeOf({ protocol, startport, endport, icmptype, icmpcode }),
    cidrlist: given.cidrlist ?? rule.cidrlist,
  }
}

export const updateIpv6FirewallRule = defineCommand({
  name: 'updateIpv6FirewallRule',
  authorized: everyone,
  subject: 'firewall_rule',
  description: 'Changes an IPv6 firewall rule; connections that it no longer allows end.',
  params,
  unsupported: ['customid'],
  answer: 'job',
  response: madeRuleResponse,
  result: ownRuleResult,
  run: (context, given) =>
    write(context, async (trx) => {
      const { id } = given
      const rule = found(await lockFirewallRule(trx, 'Ipv6', id), 'id', 'firewall rule', id)
      const values = changed(rule, given)
      const revision = (await reviseNetwork(trx, rule.network)) ?? 0
      await refuseConflict(trx, { ...rule, ...values })
      await updateFirewallRuleRow(trx, id, { ...values, revision })
      const made = { instance: id, instancetype: 'FirewallRule' }
      return startNetworkJob(context, trx, 'updateIpv6FirewallRule', rule.network, revision, made)
    }),
})
