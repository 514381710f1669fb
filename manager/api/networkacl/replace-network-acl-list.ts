import { SysvmError } from '@sysvm/errors'
import type { Transaction } from 'kysely'
import { lockNetwork, reviseNetwork } from '../../model/network.ts'
import type { Database } from '../../model/schema.ts'
import { lockVpc, reviseVpc } from '../../model/vpc.ts'
import { everyone } from '../authorized.ts'
import { type Context, defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { startNetworkJob } from '../network/job.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { aclFor } from '../vpc/acl.ts'
import { startVpcJob } from '../vpc/job.ts'
import { write } from '../write.ts'

const cmd = 'replaceNetworkACLList'
const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

const ofTier = async (context: Context, trx: Transaction<Database>, id: string, aclid: string) => {
  const network = found(await lockNetwork(trx, id), 'networkid', 'network', id)
  if (network.vpc === null) throw bad(`Parameter networkid: ${network.name} is no tier of a VPC and has no ACL.`)
  const acl = await aclFor(trx, network.vpc, aclid, 'default_deny')
  const revision = (await reviseNetwork(trx, id, { acl })) ?? 0
  return startNetworkJob(context, trx, cmd, id, revision, { instance: acl, instancetype: 'NetworkACL' })
}

const ofGateway = async (context: Context, trx: Transaction<Database>, id: string, aclid: string) => {
  const query = trx.selectFrom('private_gateway').selectAll().where('id', '=', id)
  const { vpc } = found(await query.executeTakeFirst(), 'gatewayid', 'private gateway', id)
  await lockVpc(trx, vpc)
  const gateway = found(await query.executeTakeFirst(), 'gatewayid', 'private gateway', id)
  const acl = await aclFor(trx, gateway.vpc, aclid, 'default_deny')
  await trx.updateTable('private_gateway').set({ acl }).where('id', '=', id).execute()
  const revision = (await reviseVpc(trx, gateway.vpc)) ?? 0
  return startVpcJob(context, trx, cmd, gateway.vpc, revision, { instance: acl, instancetype: 'NetworkACL' })
}

export const replaceNetworkACLList = defineCommand({
  name: 'replaceNetworkACLList',
  authorized: everyone,
  description: 'Gives a tier or a private gateway another list; connections that it does not allow end.',
  params: {
    aclid: p.required(p.uuid("The list: the VPC's own or a default one.")),
    networkid: p.uuid('The tier; or give gatewayid.'),
    gatewayid: p.uuid('The private gateway.'),
  },
  answer: 'job',
  response: successResponse,
  run: (context, { aclid, networkid, gatewayid }) => {
    if ((networkid === undefined) === (gatewayid === undefined))
      throw bad(`${cmd} needs networkid or gatewayid: give one of them.`)
    return write(context, async (trx) => {
      const { jobid } =
        networkid === undefined
          ? await ofGateway(context, trx, gatewayid ?? '', aclid)
          : await ofTier(context, trx, networkid, aclid)
      return { jobid }
    })
  },
})
