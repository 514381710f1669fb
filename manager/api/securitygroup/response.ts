import type { SecurityGroup, SecurityGroupRule } from '../../model/securitygroup.ts'
import type { Owners } from '../owner.ts'
import { defineResponse, type Fields, ownerShown, type Presented } from '../response.ts'

export const ruleFields = {
  ruleid: ['string', "The rule's id."],
  protocol: ['string', 'all, tcp, udp, icmp, icmpv6 or the number of an IP protocol.'],
  startport: ['integer', 'First port; none: all ports.'],
  endport: ['integer', 'Last port.'],
  icmptype: ['integer', 'ICMP type; -1: any.'],
  icmpcode: ['integer', 'ICMP code; -1: any.'],
  cidr: ['string', 'The network that it lets through.'],
  securitygroupname: ['string', 'The group whose guests it lets through.'],
  account: ['string', 'Account of that group.'],
} as const satisfies Fields

const fields = {
  id: ['string', "The group's id."],
  name: ['string', 'Its name.'],
  description: ['string', 'What it is for.'],
  ...ownerShown,
  ingressrule: ['set', 'What may come in to its guests.', ruleFields],
  egressrule: ['set', 'What its guests may begin; none: everything.', ruleFields],
  virtualmachinecount: ['integer', 'Guests in it.'],
  virtualmachineids: ['set', 'Ids of those guests.'],
} as const satisfies Fields

export const securityGroupResponse = defineResponse('securitygroup', fields)

export const presentRule = (rule: SecurityGroupRule): Presented<typeof ruleFields> => ({
  ruleid: rule.id,
  protocol: rule.protocol,
  startport: rule.startport,
  endport: rule.endport,
  ...(rule.protocol.startsWith('icmp') && { icmptype: rule.icmptype ?? -1, icmpcode: rule.icmpcode ?? -1 }),
  cidr: rule.cidr,
  securitygroupname: rule.peername,
  account: rule.peeraccount,
})

/** Presents groups, given the owners and the rules of all. */
export const presentSecurityGroup =
  (owners: Owners, rules: readonly SecurityGroupRule[]) =>
  (group: SecurityGroup): Presented<typeof fields> => {
    const own = rules.filter((rule) => rule.security_group === group.id)
    return {
      id: group.id,
      name: group.name,
      description: group.description,
      ...owners(group.account),
      ingressrule: own.filter(({ direction }) => direction === 'ingress').map(presentRule),
      egressrule: own.filter(({ direction }) => direction === 'egress').map(presentRule),
      virtualmachinecount: group.guests.length,
      virtualmachineids: [...group.guests],
    }
  }
