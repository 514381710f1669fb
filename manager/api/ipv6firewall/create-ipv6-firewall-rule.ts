import { randomUUID } from 'node:crypto'
import { SysvmError } from '@sysvm/errors'
import { defineCommand } from '../command.ts'
import { addRule, ownRuleResult } from '../firewall/job.ts'
import { firewalledNetwork } from '../firewall/network.ts'
import { cidrs, protocols, shapeOf, transport } from '../firewall/parameters.ts'
import { madeRuleResponse } from '../firewall/response.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'

export const createIpv6FirewallRule = defineCommand({
  name: 'createIpv6FirewallRule',
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
  run: (context, params) => {
    const shape = shapeOf(params)
    return write(context, async (trx) => {
      const network = await firewalledNetwork(trx, params.networkid, 'networkid')
      if (network.internetprotocol === 'IPv4')
        throw new SysvmError(
          'SYSVM_API_PARAMETER',
          `Parameter networkid: the offering of ${network.name} has IPv4 alone: choose a network with IPv6.`,
        )
      return addRule(context, trx, 'createIpv6FirewallRule', {
        id: randomUUID(),
        kind: 'Ipv6',
        network: network.id,
        public_ip: null,
        traffictype: params.traffictype ?? 'Ingress',
        protocol: params.protocol,
        ...shape,
        cidrlist: params.cidrlist ?? ['::/0'],
        destcidrlist: params.destcidrlist ?? ['::/0'],
        related: null,
      })
    })
  },
})
