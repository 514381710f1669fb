import type { LoadBalancerRule } from '../../model/loadbalancer.ts'
import type { StickinessPolicy } from '../../model/loadbalancer-policy.ts'
import { stateOf } from '../loadbalancer/response.ts'
import type { Owners } from '../owner.ts'
import { defineResponse, type Presented } from '../response.ts'

export const stickinessResponse = defineResponse('stickinesspolicies', {
  lbruleid: ['string', 'The load balancer rule.'],
  name: ['string', "The rule's name."],
  description: ['string', "The rule's text for people."],
  account: ['string', 'The owning account.'],
  domainid: ['string', "The owner's domain."],
  domain: ['string', "Name of the owner's domain."],
  state: ['string', 'State of the rule.'],
  zoneid: ['string', 'Its zone.'],
  stickinesspolicy: [
    'list',
    'Its policy.',
    {
      id: ['string', "The policy's id."],
      name: ['string', 'Its name.'],
      methodname: ['string', 'LbCookie, AppCookie or SourceBased.'],
      description: ['string', 'What it is, for people.'],
      state: ['string', 'Active once its router has it, until then Add.'],
      fordisplay: ['boolean', 'Always true.'],
      params: ['map', 'Its parameters by name.'],
    },
  ],
})

export const presentStickiness = (
  owners: Owners,
  rule: LoadBalancerRule,
  policies: readonly StickinessPolicy[],
): Presented<typeof stickinessResponse.fields> => {
  const { account, domainid, domain } = owners(rule.account)
  return {
    lbruleid: rule.id,
    name: rule.name,
    description: rule.description,
    ...{ account, domainid, domain },
    state: stateOf(rule),
    zoneid: rule.zone,
    stickinesspolicy: policies.map(({ id, name, method, description, params }) => ({
      id,
      name,
      methodname: method,
      description,
      state: stateOf(rule),
      fordisplay: true,
      params,
    })),
  }
}
