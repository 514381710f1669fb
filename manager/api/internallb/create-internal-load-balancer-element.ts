import { findProviders } from '../../model/physicalnetwork.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { internalElementResponse, internalElementResult } from './element.ts'

export const createInternalLoadBalancerElement = defineCommand({
  name: 'createInternalLoadBalancerElement',
  authorized: admins,
  description: 'Answers the element of a provider, which it has from the beginning.',
  since: '4.2.0',
  params: { nspid: p.required(p.uuid('The network service provider.')) },
  answer: 'job',
  response: internalElementResponse,
  result: internalElementResult,
  run: (context, { nspid }) =>
    write(context, async (trx) => {
      const { rows } = await findProviders(trx, { id: nspid }, { limit: 1, offset: 0 })
      const { element } = found(rows[0], 'nspid', 'network service provider', nspid)
      const cmd = 'createInternalLoadBalancerElement'
      return { jobid: await doneJob(trx, cmd, 'InternalLbVmElement', element), id: element }
    }),
})
