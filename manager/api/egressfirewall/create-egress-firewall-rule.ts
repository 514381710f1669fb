import { parseCidr } from '@sysvm/agent/spec'
import { SysvmError } from '@sysvm/errors'
import { addressed } from '../../model/addressed.ts'
import type { Network } from '../../model/network.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { createNetworkRule } from '../firewall/create.ts'
import { firewallRuleResult } from '../firewall/job.ts'
import { cidrs, protocols, transport } from '../firewall/parameters.ts'
import { firewallRuleResponse } from '../firewall/response.ts'
import * as p from '../parameter.ts'

const isWithin = (inner: string, outer: string): boolean => {
  const [small, large] = [parseCidr(inner), parseCidr(outer)]
  return small.first >= large.first && small.last <= large.last
}

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

/** Guests send from addresses of their network only. */
const sourcesOf = (network: Network, given: readonly string[] | undefined): string[] => {
  const { cidr: own } = addressed(network)
  const foreign = given?.find((cidr) => cidr !== '0.0.0.0/0' && !isWithin(cidr, own))
  if (foreign !== undefined)
    throw bad(`Parameter cidrlist: ${foreign} is not within the network's ${own}: name addresses of guests.`)
  return [...(given ?? [own])]
}

export const createEgressFirewallRule = defineCommand({
  name: 'createEgressFirewallRule',
  authorized: everyone,
  description:
    'Makes an exception from what guests of a network may send: allowed where its offering denies, else denied.',
  params: {
    networkid: p.required(p.uuid('The network.')),
    protocol: p.required(p.choice('tcp, udp, icmp or all.', protocols)),
    ...transport,
    cidrlist: p.orLeft(cidrs("Addresses of guests; default: all of the network's.")),
    destcidrlist: p.orLeft(cidrs('Destinations; default 0.0.0.0/0.')),
    type: p.choice('user.', ['user']),
    fordisplay: p.only('Whether it is shown.', true),
  },
  answer: 'job',
  response: firewallRuleResponse,
  result: firewallRuleResult,
  run: (context, params) =>
    createNetworkRule(context, 'createEgressFirewallRule', params, (network) => {
      if (network.networkmode === 'ROUTED')
        throw bad(`Parameter networkid: ${network.name} is routed: use createRoutingFirewallRule.`)
      const { destcidrlist = ['0.0.0.0/0'] } = params
      return { kind: 'Egress', traffictype: 'Egress', cidrlist: sourcesOf(network, params.cidrlist), destcidrlist }
    }),
})
