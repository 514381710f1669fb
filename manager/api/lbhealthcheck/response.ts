import type { LoadBalancerRule } from '../../model/loadbalancer.ts'
import type { HealthCheckPolicy } from '../../model/loadbalancer-policy.ts'
import { stateOf } from '../loadbalancer/response.ts'
import type { Owners } from '../owner.ts'
import { defineResponse, type Presented } from '../response.ts'

export const healthCheckResponse = defineResponse('healthcheckpolicies', {
  lbruleid: ['string', 'The load balancer rule.'],
  account: ['string', 'The owning account.'],
  domainid: ['string', "The owner's domain."],
  domain: ['string', "Name of the owner's domain."],
  zoneid: ['string', 'Its zone.'],
  healthcheckpolicy: [
    'list',
    'Its policy.',
    {
      id: ['string', "The policy's id."],
      pingpath: ['string', 'What is asked for; absent: a check without HTTP.'],
      description: ['string', 'What it is, for people.'],
      state: ['string', 'Active once its router has it, until then Add.'],
      responsetime: ['integer', 'Longest wait for an answer, in seconds.'],
      healthcheckinterval: ['integer', 'Seconds between checks.'],
      healthcheckthresshold: ['integer', 'Good answers in a row that bring a member back.'],
      unhealthcheckthresshold: ['integer', 'Bad ones in a row that take it out.'],
      fordisplay: ['boolean', 'Always true.'],
      checktype: ['string', 'tcp, http, icmp, udp or none. Of sysvm alone.'],
      httpcodes: ['string', 'Statuses that are a good answer. Of sysvm alone.'],
      checkport: ['integer', "Port that is asked, when it is not the member's own. Of sysvm alone."],
    },
  ],
})

export const presentHealthCheck = (
  owners: Owners,
  rule: LoadBalancerRule,
  policies: readonly HealthCheckPolicy[],
): Presented<typeof healthCheckResponse.fields> => {
  const { account, domainid, domain } = owners(rule.account)
  return {
    lbruleid: rule.id,
    ...{ account, domainid, domain },
    zoneid: rule.zone,
    healthcheckpolicy: policies.map((policy) => ({
      id: policy.id,
      pingpath: policy.path,
      description: policy.description,
      state: stateOf(rule),
      responsetime: policy.timeout,
      healthcheckinterval: policy.interval,
      healthcheckthresshold: policy.healthy,
      unhealthcheckthresshold: policy.unhealthy,
      fordisplay: true,
      checktype: policy.kind,
      httpcodes: policy.codes,
      checkport: policy.port,
    })),
  }
}
