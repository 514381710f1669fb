import { SysvmError } from '@sysvm/errors'
import { certsOfRule, setCertsOfRule } from '../../model/loadbalancer-cert.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { notFound } from '../found.ts'
import { changeRule } from '../loadbalancer/job.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'

export const removeCertFromLoadBalancer = defineCommand({
  name: 'removeCertFromLoadBalancer',
  authorized: everyone,
  description: 'Takes the certificates from a load balancer rule, which serves nothing without one.',
  params: {
    lbruleid: p.required(p.uuid('The load balancer rule.')),
    certid: p.uuid('Only this one of several. Of sysvm alone.'),
  },
  answer: 'job',
  response: successResponse,
  run: (context, { lbruleid, certid }) =>
    changeRule(context, lbruleid, {
      cmd: 'removeCertFromLoadBalancer',
      parameter: 'lbruleid',
      instancetype: 'LoadBalancerCert',
      work: async (trx, rule) => {
        const certs = (await certsOfRule(trx, rule.id)).map(({ id }) => id)
        if (certs.length === 0)
          throw new SysvmError('SYSVM_RESOURCE_STATE', `The load balancer rule ${rule.id} has no certificate.`)
        if (certid !== undefined && !certs.includes(certid)) throw notFound('certid', 'certificate of the rule', certid)
        await setCertsOfRule(
          trx,
          rule.id,
          certs.filter((id) => certid !== undefined && id !== certid),
        )
      },
    }),
})
