import { SysvmError } from '@sysvm/errors'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { createNetworkRule } from '../firewall/create.ts'
import { ownRuleResult } from '../firewall/job.ts'
import { cidrs, protocols, transport } from '../firewall/parameters.ts'
import { madeRuleResponse } from '../firewall/response.ts'
import * as p from '../parameter.ts'

export const createIpv6FirewallRule = defineCommand({
  name: 'createIpv6FirewallRule',
  subject: 'firewall_rule',
  authorized: everyone,
  description: 'Makes an IPv6 rule of a network: lets connections in, or makes an exception from what guests may send.',
  params: {
    networkid: p.required(p.uuid('The network, of an offering with IPv6.')),
    protocol: p.required(p.choice('tcp, udp, icmp (ICMPv6) or all.', protocols)),
    traffictype: p.choice('Default Ingress.', ['Ingress', 'Egress']),
    ...transport,
    cidrlist: cidrs('Sources; default ::/0.', [6]),
    destcidrlist: cidrs('Destinations; default ::/0.', [6]),
    fordisplay: p.only('Whether it is shown.', true),
  },
  answer: 'job',
  response: madeRuleResponse,
  result: ownRuleResult,
  run: (context, params) =>
    createNetworkRule(context, 'createIpv6FirewallRule', params, ({ name, internetprotocol }) => {
      if (internetprotocol === 'IPv4')
        throw new SysvmError(
          'SYSVM_API_PARAMETER',
          `Parameter networkid: the offering of ${name} has IPv4 alone: choose a network with IPv6.`,
        )
      const { traffictype = 'Ingress', cidrlist = ['::/0'], destcidrlist = ['::/0'] } = params
      return { kind: 'Ipv6', traffictype, cidrlist, destcidrlist }
    }),
})
