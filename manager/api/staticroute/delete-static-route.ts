import { deleteStaticRouteRow, findStaticRoute } from '../../model/staticroute.ts'
import { lockVpc, reviseVpc } from '../../model/vpc.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { startVpcJob } from '../vpc/job.ts'
import { write } from '../write.ts'

export const deleteStaticRoute = defineCommand({
  name: 'deleteStaticRoute',
  authorized: everyone,
  subject: 'static_route',
  description: 'Deletes a static route of a VPC.',
  params: { id: p.required(p.uuid('The static route.')) },
  answer: 'job',
  response: successResponse,
  run: (context, { id }) =>
    write(context, async (trx) => {
      const { vpc } = found(await findStaticRoute(trx, id), 'id', 'static route', id)
      await lockVpc(trx, vpc)
      await deleteStaticRouteRow(trx, id)
      const revision = await reviseVpc(trx, vpc)
      const made = { instance: id, instancetype: 'StaticRoute' }
      return startVpcJob(context, trx, 'deleteStaticRoute', vpc, revision ?? 0, made)
    }),
})
