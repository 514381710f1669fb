import { lockVpc, reviseVpc } from '../../model/vpc.ts'
import { everyone } from '../authorized.ts'
import { changes } from '../changes.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { moveSourceNat } from '../publicip/source-nat.ts'
import { write } from '../write.ts'
import { startVpcJob, vpcResult } from './job.ts'
import { vpcResponse } from './response.ts'
import { refuseInactive } from './state.ts'

export const updateVPC = defineCommand({
  name: 'updateVPC',
  authorized: everyone,
  description: 'Renames a VPC, or has it go out by another address.',
  params: {
    id: p.required(p.uuid('The VPC.')),
    name: p.name('New name.'),
    displaytext: p.text('New text for people.'),
    sourcenatipaddress: p.ipv4('Public address of the VPC that its tiers go out by from now on.'),
    fordisplay: p.only('Whether it is shown.', true),
  },
  unsupported: ['customid', 'publicmtu'],
  answer: 'job',
  response: vpcResponse,
  result: vpcResult,
  run: (context, { id, name, displaytext, sourcenatipaddress }) =>
    write(context, async (trx) => {
      const vpc = found(await lockVpc(trx, id), 'id', 'VPC', id)
      refuseInactive(vpc)
      if (sourcenatipaddress !== undefined) await moveSourceNat(trx, vpc.zone, { kind: 'vpc', id }, sourcenatipaddress)
      const revision = await reviseVpc(trx, id, changes({ name, displaytext }))
      return startVpcJob(context, trx, 'updateVPC', id, revision ?? 0)
    }),
})
