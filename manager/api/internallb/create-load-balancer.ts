import { randomUUID } from 'node:crypto'
import { SysvmError } from '@sysvm/errors'
import type { Transaction } from 'kysely'
import { insertLoadBalancerRule } from '../../model/loadbalancer.ts'
import { lockInOrder } from '../../model/lock.ts'
import { findNetwork } from '../../model/network.ts'
import type { Database } from '../../model/schema.ts'
import { everyone } from '../authorized.ts'
import { type Context, defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { checkFit } from '../loadbalancer/fit.ts'
import { reviseRule } from '../loadbalancer/job.ts'
import { algorithms, cidrs, limitsOf, port, protocols, timeoutsOf, tuning } from '../loadbalancer/parameters.ts'
import { checkBalances } from '../loadbalancer/public-ip.ts'
import { refuseDestroyed } from '../network/state.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { internalBalancerResponse } from './response.ts'
import { internalBalancerResult } from './result.ts'
import { sourceAddress } from './source.ts'

const params = {
  name: p.required(p.name('Name.')),
  scheme: p.required(p.choice('Internal: for clients in the networks of the same router.', ['Internal'])),
  algorithm: p.required(p.choice('How members are chosen.', algorithms)),
  networkid: p.required(p.uuid('The network of the members.')),
  instanceport: p.required(port('Port of the members.')),
  sourceipaddressnetworkid: p.required(p.uuid('The network that the address is of: the same, or a tier of its VPC.')),
  sourceport: p.required(port('Port that clients use.')),
  sourceipaddress: p.ipv4('The address that clients use; default: a free one.'),
  description: p.text('What it is, for people.', 4096),
  fordisplay: p.only('Whether it is shown.', true),
  protocol: p.choice('Default tcp. Of sysvm alone.', protocols),
  cidrlist: cidrs('Networks whose clients may connect. Of sysvm alone.'),
  ...tuning,
}

type Given = p.Values<typeof params>

const create = async (context: Context, trx: Transaction<Database>, given: Given) => {
  const { networkid, sourceipaddressnetworkid: sourceid } = given
  await lockInOrder(trx, { networks: [networkid, sourceid] })
  const network = found(await findNetwork(trx, networkid), 'networkid', 'network', networkid)
  const source = found(await findNetwork(trx, sourceid), 'sourceipaddressnetworkid', 'network', sourceid)
  if (network.id !== source.id && (network.vpc === null || network.vpc !== source.vpc))
    throw new SysvmError(
      'SYSVM_API_PARAMETER',
      `Parameter sourceipaddressnetworkid: the network ${source.id} is no tier of the VPC that ${network.id} is of.`,
    )
  refuseDestroyed(source)
  checkBalances(network, 'internal')
  const rule = { protocol: given.protocol ?? 'tcp', limits: limitsOf(given), timeouts: timeoutsOf(given) }
  checkFit({ algorithm: given.algorithm, ...rule })
  const id = randomUUID()
  await insertLoadBalancerRule(trx, {
    id,
    scheme: 'Internal',
    network: network.id,
    source_network: source.id,
    source_address: await sourceAddress(trx, id, source, given.sourceipaddress, given.sourceport),
    name: given.name,
    description: given.description ?? null,
    protocol: rule.protocol,
    algorithm: given.algorithm,
    public_port: given.sourceport,
    private_port: given.instanceport,
    cidrs: given.cidrlist ?? [],
    limits: JSON.stringify(rule.limits),
    timeouts: JSON.stringify(rule.timeouts),
  })
  const job = { cmd: 'createLoadBalancer', instancetype: 'LoadBalancerRule', instance: id }
  return reviseRule(context, trx, { id, network: network.id }, job)
}

export const createLoadBalancer = defineCommand({
  name: 'createLoadBalancer',
  authorized: everyone,
  description: 'Creates an internal load balancer: clients in the networks of a router are spread over guests.',
  since: '4.2.0',
  params,
  answer: 'job',
  response: internalBalancerResponse,
  result: internalBalancerResult,
  run: (context, given) => write(context, (trx) => create(context, trx, given)),
})
