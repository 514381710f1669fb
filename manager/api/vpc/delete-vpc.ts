import { SysvmError } from '@sysvm/errors'
import { lockVpc, reviseVpc, usedOfVpc } from '../../model/vpc.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'
import { startVpcJob } from './job.ts'

export const deleteVPC = defineCommand({
  name: 'deleteVPC',
  authorized: everyone,
  subject: 'vpc',
  description: 'Deletes a VPC without tiers, its router and what it took.',
  params: { id: p.required(p.uuid('The VPC.')) },
  answer: 'job',
  response: successResponse,
  run: (context, { id }) =>
    write(context, async (trx) => {
      const vpc = found(await lockVpc(trx, id), 'id', 'VPC', id)
      const { tiers } = await usedOfVpc(trx, id)
      if (tiers.length > 0)
        throw new SysvmError(
          'SYSVM_IN_USE',
          `VPC ${vpc.name} still has the tiers ${tiers.map(({ name }) => name).join(', ')}: delete them first.`,
        )
      const revision = await reviseVpc(trx, id, { state: 'Inactive' })
      return startVpcJob(context, trx, 'deleteVPC', id, revision ?? 0)
    }),
})
