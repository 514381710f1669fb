import { lockVpc, reviseVpc } from '../../model/vpc.ts'
import { changes } from '../changes.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { startVpcJob, vpcResult } from './job.ts'
import { vpcResponse } from './response.ts'
import { refuseInactive } from './state.ts'

export const updateVPC = defineCommand({
  name: 'updateVPC',
  description: 'Renames a VPC.',
  params: {
    id: p.required(p.uuid('The VPC.')),
    name: p.name('New name.'),
    displaytext: p.text('New text for people.'),
    fordisplay: p.only('Whether it is shown.', true),
  },
  unsupported: ['customid', 'publicmtu', 'sourcenatipaddress'],
  answer: 'job',
  response: vpcResponse,
  result: vpcResult,
  run: (context, { id, name, displaytext }) =>
    write(context, async (trx) => {
      refuseInactive(found(await lockVpc(trx, id), 'id', 'VPC', id))
      const revision = await reviseVpc(trx, id, changes({ name, displaytext }))
      return startVpcJob(context, trx, 'updateVPC', id, revision ?? 0)
    }),
})
