import { SysvmError } from '@sysvm/errors'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { createNetworkRule } from '../firewall/create.ts'
import { ownRuleResult } from '../firewall/job.ts'
import { cidrs, protocols, transport } from '../firewall/parameters.ts'
import { madeRuleResponse } from '../firewall/response.ts'
import * as p from '../parameter.ts'

export const createRoutingFirewallRule = defineCommand({
  name: 'createRoutingFirewallRule',
  subject: 'firewall_rule',
  authorized: everyone,
  description:
    'Makes a rule of a routed network: lets connections in, or makes an exception from what guests may send.',
  since: '4.20.0',
  params: {
    networkid: p.required(p.uuid('The network, of an offering in routed mode.')),
    protocol: p.required(p.choice('tcp, udp, icmp or all.', protocols)),
    traffictype: p.choice('Default Ingress.', ['Ingress', 'Egress']),
    ...transport,
    cidrlist: cidrs('Sources; default 0.0.0.0/0.'),
    destcidrlist: cidrs('Destinations; default 0.0.0.0/0.'),
    fordisplay: p.only('Whether it is shown.', true),
  },
  answer: 'job',
  response: madeRuleResponse,
  result: ownRuleResult,
  run: (context, params) =>
    createNetworkRule(context, 'createRoutingFirewallRule', params, ({ name, networkmode }) => {
      if (networkmode !== 'ROUTED')
        throw new SysvmError(
          'SYSVM_API_PARAMETER',
          `Parameter networkid: ${name} is behind NAT: use createFirewallRule and createEgressFirewallRule.`,
        )
      const { traffictype = 'Ingress', cidrlist = ['0.0.0.0/0'], destcidrlist = ['0.0.0.0/0'] } = params
      return { kind: 'Routing', traffictype, cidrlist, destcidrlist }
    }),
})
