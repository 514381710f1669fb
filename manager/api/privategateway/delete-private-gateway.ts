import { SysvmError } from '@sysvm/errors'
import { findPrivateGateway, leavePrivateGateway } from '../../model/privategateway.ts'
import { findStaticRoutes } from '../../model/staticroute.ts'
import { lockVpc, reviseVpc } from '../../model/vpc.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { startVpcJob } from '../vpc/job.ts'
import { write } from '../write.ts'

export const deletePrivateGateway = defineCommand({
  name: 'deletePrivateGateway',
  authorized: admins,
  subject: 'private_gateway',
  description: 'Deletes a private gateway that no static route leads by.',
  params: { id: p.required(p.uuid('The private gateway.')) },
  answer: 'job',
  response: successResponse,
  run: (context, { id }) =>
    write(context, async (trx) => {
      const { vpc } = found(await findPrivateGateway(trx, id), 'id', 'private gateway', id)
      await lockVpc(trx, vpc)
      const { rows } = await findStaticRoutes(trx, { privateGateway: id }, { limit: 20, offset: 0 })
      if (rows.length > 0)
        throw new SysvmError(
          'SYSVM_IN_USE',
          `The static routes to ${rows.map(({ cidr }) => cidr).join(', ')} lead by it: delete them first.`,
        )
      await leavePrivateGateway(trx, id)
      const revision = await reviseVpc(trx, vpc)
      const made = { instance: id, instancetype: 'PrivateGateway' }
      return startVpcJob(context, trx, 'deletePrivateGateway', vpc, revision ?? 0, made)
    }),
})
