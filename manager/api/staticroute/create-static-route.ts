import { overlaps } from '@sysvm/agent/spec'
import { SysvmError } from '@sysvm/errors'
import type { Transaction } from 'kysely'
import { findPrivateGateway } from '../../model/privategateway.ts'
import type { Database } from '../../model/schema.ts'
import { findStaticRoute, findStaticRoutes, insertStaticRoute } from '../../model/staticroute.ts'
import { lockVpc, reviseVpc } from '../../model/vpc.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { ownersIn } from '../owner.ts'
import * as p from '../parameter.ts'
import { startVpcJob } from '../vpc/job.ts'
import { refuseInactive } from '../vpc/state.ts'
import { refuseRemoteOverlap } from '../vpn/overlap.ts'
import { write } from '../write.ts'
import { checkDestination, checkNextHop } from './check.ts'
import { presentStaticRoute, staticRouteResponse } from './response.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

interface Asked {
  readonly gatewayid?: string | undefined
  readonly nexthop?: string | undefined
  readonly vpcid?: string | undefined
}

/** The VPC by its private gateway, or by its own id when a next hop is named. */
const vpcOf = async (trx: Transaction<Database>, { gatewayid, nexthop, vpcid }: Asked): Promise<string> => {
  if ((gatewayid === undefined) === (nexthop === undefined))
    throw bad('createStaticRoute needs gatewayid, or nexthop with vpcid: give one of the two.')
  if (gatewayid === undefined) {
    if (vpcid === undefined) throw bad('Parameter vpcid is required by createStaticRoute together with nexthop.')
    return vpcid
  }
  const gateway = found(await findPrivateGateway(trx, gatewayid), 'gatewayid', 'private gateway', gatewayid)
  if (gateway.state === 'Destroy')
    throw new SysvmError('SYSVM_RESOURCE_STATE', `The private gateway ${gateway.address} is being deleted.`)
  if (vpcid !== undefined && vpcid !== gateway.vpc)
    throw bad(`Parameter vpcid: the private gateway ${gateway.address} is another VPC's.`)
  return gateway.vpc
}

const refuseOverlapping = async (trx: Transaction<Database>, vpc: string, cidr: string): Promise<void> => {
  const { rows } = await findStaticRoutes(trx, { vpc }, { limit: 10_000, offset: 0 })
  const other = rows.find((row) => overlaps(row.cidr, cidr))
  if (other === undefined) return
  throw new SysvmError(
    'SYSVM_NETWORK_CONFLICT',
    `The static route to ${cidr} overlaps that to ${other.cidr}, id ${other.id}, of the same VPC ${vpc}.`,
    { details: { vpc, conflict: other.id } },
  )
}

export const createStaticRoute = defineCommand({
  name: 'createStaticRoute',
  authorized: everyone,
  description: 'Leads packets of a VPC to a network of the site by a private gateway or a next hop.',
  params: {
    cidr: p.required(p.cidr('Where it leads.')),
    gatewayid: p.uuid('The private gateway it leads by.'),
    nexthop: p.ipv4('The next hop it leads by, in a tier or behind a private gateway; needs vpcid.'),
    vpcid: p.uuid('The VPC; needed with nexthop.'),
  },
  answer: 'job',
  response: staticRouteResponse,
  result: async ({ db }, id) => {
    const row = await findStaticRoute(db, id)
    return row && presentStaticRoute(await ownersIn(db, [row]))(row)
  },
  run: (context, params) =>
    write(context, async (trx) => {
      const { cidr, gatewayid, nexthop } = params
      const vpcid = await vpcOf(trx, params)
      const vpc = found(await lockVpc(trx, vpcid), 'vpcid', 'VPC', vpcid)
      refuseInactive(vpc)
      // Asked again: until the VPC was held its gateway may have been given up, which no route keeps any more.
      await vpcOf(trx, params)
      checkDestination(cidr, vpc.cidr)
      if (nexthop !== undefined) await checkNextHop(trx, vpc.id, nexthop)
      await refuseOverlapping(trx, vpc.id, cidr)
      await refuseRemoteOverlap(trx, vpc.id, cidr)
      const revision = (await reviseVpc(trx, vpc.id)) ?? 0
      const to = { private_gateway: gatewayid ?? null, nexthop: nexthop ?? null }
      const id = await insertStaticRoute(trx, { vpc: vpc.id, cidr, revision, ...to })
      const made = { instance: id, instancetype: 'StaticRoute' }
      return startVpcJob(context, trx, 'createStaticRoute', vpc.id, revision, made)
    }),
})
