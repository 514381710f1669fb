import { randomUUID } from 'node:crypto'
import { SysvmError } from '@sysvm/errors'
import { defineCommand } from '../command.ts'
import { addRule, ownRuleResult } from '../firewall/job.ts'
import { firewalledNetwork } from '../firewall/network.ts'
import { cidrs, protocols, shapeOf, transport } from '../firewall/parameters.ts'
import { madeRuleResponse } from '../firewall/response.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'

export const createRoutingFirewallRule = defineCommand({
  name: 'createRoutingFirewallRule',
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
  run: (context, params) => {
    const shape = shapeOf(params)
    return write(context, async (trx) => {
      const network = await firewalledNetwork(trx, params.networkid, 'networkid')
      if (network.networkmode !== 'ROUTED')
        throw new SysvmError(
          'SYSVM_API_PARAMETER',
          `Parameter networkid: ${network.name} is behind NAT: use createFirewallRule and createEgressFirewallRule.`,
        )
      return addRule(context, trx, 'createRoutingFirewallRule', {
        id: randomUUID(),
        kind: 'Routing',
        network: network.id,
        public_ip: null,
        traffictype: params.traffictype ?? 'Ingress',
        protocol: params.protocol,
        ...shape,
        cidrlist: params.cidrlist ?? ['0.0.0.0/0'],
        destcidrlist: params.destcidrlist ?? ['0.0.0.0/0'],
        related: null,
      })
    })
  },
})
