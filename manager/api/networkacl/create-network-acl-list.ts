import { SysvmError } from '@sysvm/errors'
import { insertAclList } from '../../model/acl.ts'
import { lockVpc } from '../../model/vpc.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { refuseInactive } from '../vpc/state.ts'
import { write } from '../write.ts'
import { listResult } from './job.ts'
import { aclListResponse } from './response.ts'

export const createNetworkACLList = defineCommand({
  name: 'createNetworkACLList',
  authorized: everyone,
  description: 'Makes a list of rules for tiers and private gateways of a VPC; it is empty: nothing comes in.',
  params: {
    name: p.required(p.name('Name.')),
    vpcid: p.uuid('The VPC; needed.'),
    description: p.text('What it is, for people; default: the name.'),
    fordisplay: p.only('Whether it is shown.', true),
  },
  answer: 'job',
  response: aclListResponse,
  result: listResult,
  run: (context, { name, vpcid, description }) => {
    if (vpcid === undefined)
      throw new SysvmError('SYSVM_API_PARAMETER', 'Parameter vpcid: a list is of a VPC: give its id.')
    return write(context, async (trx) => {
      const vpc = found(await lockVpc(trx, vpcid), 'vpcid', 'VPC', vpcid)
      refuseInactive(vpc)
      const id = await insertAclList(trx, { vpc: vpc.id, name, description: description || name })
      return { jobid: await doneJob(trx, 'createNetworkACLList', 'NetworkACL', id), id }
    })
  },
})
