import { randomUUID } from 'node:crypto'
import { parseCidr } from '@sysvm/agent/spec'
import { SysvmError } from '@sysvm/errors'
import type { Network } from '../../model/network.ts'
import { defineCommand } from '../command.ts'
import { addRule, firewallRuleResult } from '../firewall/job.ts'
import { firewalledNetwork } from '../firewall/network.ts'
import { cidrs, protocols, shapeOf, transport } from '../firewall/parameters.ts'
import { firewallRuleResponse } from '../firewall/response.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'

const isWithin = (inner: string, outer: string): boolean => {
  const [small, large] = [parseCidr(inner), parseCidr(outer)]
  return small.first >= large.first && small.last <= large.last
}

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

/** Guests send from addresses of their network only. */
const sourcesOf = (network: Network, given: readonly string[] | undefined): string[] => {
  const foreign = given?.find((cidr) => cidr !== '0.0.0.0/0' && !isWithin(cidr, network.cidr))
  if (foreign !== undefined)
    throw bad(`Parameter cidrlist: ${foreign} is not within the network's ${network.cidr}: name addresses of guests.`)
  return [...(given ?? [network.cidr])]
}

export const createEgressFirewallRule = defineCommand({
  name: 'createEgressFirewallRule',
  description:
    'Makes an exception from what guests of a network may send: allowed where its offering denies, else denied.',
  params: {
    networkid: p.required(p.uuid('The network.')),
    protocol: p.required(p.choice('tcp, udp, icmp or all.', protocols)),
    ...transport,
    cidrlist: cidrs("Addresses of guests; default: all of the network's."),
    destcidrlist: cidrs('Destinations; default 0.0.0.0/0.'),
    type: p.choice('user.', ['user']),
    fordisplay: p.only('Whether it is shown.', true),
  },
  answer: 'job',
  response: firewallRuleResponse,
  result: firewallRuleResult,
  run: (context, params) => {
    const shape = shapeOf(params)
    return write(context, async (trx) => {
      const network = await firewalledNetwork(trx, params.networkid, 'networkid')
      if (network.networkmode === 'ROUTED')
        throw bad(`Parameter networkid: ${network.name} is routed: use createRoutingFirewallRule.`)
      return addRule(context, trx, 'createEgressFirewallRule', {
        id: randomUUID(),
        kind: 'Egress',
        network: network.id,
        public_ip: null,
        traffictype: 'Egress',
        protocol: params.protocol,
        ...shape,
        cidrlist: sourcesOf(network, params.cidrlist),
        destcidrlist: params.destcidrlist ?? ['0.0.0.0/0'],
        related: null,
      })
    })
  },
})
