import { updateProvider } from '../../model/physicalnetwork.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { internalElementResponse, internalElementResult } from './element.ts'

export const configureInternalLoadBalancerElement = defineCommand({
  name: 'configureInternalLoadBalancerElement',
  authorized: admins,
  description: 'Turns internal load balancing on or off with the virtual routers that do it.',
  since: '4.2.0',
  params: {
    id: p.required(p.uuid('The element.')),
    enabled: p.required(p.boolean('Whether it may serve.')),
  },
  answer: 'job',
  response: internalElementResponse,
  result: internalElementResult,
  run: (context, { id, enabled }) =>
    write(context, async (trx) => {
      const row = await updateProvider(trx, { element: id }, { element_enabled: enabled })
      found(row, 'id', 'internal load balancer element', id)
      return { jobid: await doneJob(trx, 'configureInternalLoadBalancerElement', 'InternalLbVmElement', id) }
    }),
})
