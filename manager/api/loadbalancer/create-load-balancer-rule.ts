import { randomUUID } from 'node:crypto'
import { SysvmError } from '@sysvm/errors'
import type { Transaction } from 'kysely'
import { openFirewallFor } from '../../model/firewall.ts'
import { insertIpRule } from '../../model/iprule.ts'
import { insertLoadBalancerRule } from '../../model/loadbalancer.ts'
import { settleAddress } from '../../model/nat.ts'
import type { Database } from '../../model/schema.ts'
import { everyone } from '../authorized.ts'
import { type Context, defineCommand } from '../command.ts'
import { accountOwner, refuseOtherOwner } from '../owner.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { checkFit } from './fit.ts'
import { reviseRule, ruleResult } from './job.ts'
import { algorithms, cidrs, limitsOf, port, protocols, timeoutsOf, tuning } from './parameters.ts'
import { acquireFor, placeOf } from './public-ip.ts'
import { madeRuleResponse } from './response.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

const params = {
  name: p.required(p.name('Name.')),
  algorithm: p.required(p.choice('How members are chosen.', algorithms)),
  publicport: p.required(port('Port that clients use.')),
  privateport: p.required(port('Port of the members.')),
  publicipid: p.uuid('The public address; needed without networkid.'),
  networkid: p.uuid(
    'The network, which takes another public address; of a VPC with publicipid: the tier. Of an address that no network has: the one that gets it.',
  ),
  protocol: p.choice('Default tcp. ssl: the router ends TLS and speaks HTTP to members.', protocols),
  cidrlist: p.orNone(cidrs('Networks whose clients may connect; default: all that the firewall lets through.')),
  openfirewall: p.boolean('True: the firewall lets clients through to publicport. Default true outside VPCs.'),
  description: p.text('What it is, for people.', 4096),
  zoneid: p.uuid("The zone, which is the network's."),
  fordisplay: p.only('Whether it is shown.', true),
  ...tuning,
  ...accountOwner,
}

type Given = p.Values<typeof params>

const create = async (context: Context, trx: Transaction<Database>, given: Given) => {
  const publicipid = given.publicipid ?? (await acquireFor(trx, given.networkid ?? ''))
  const { publicIp, network } = await placeOf(context, trx, publicipid, given.networkid)
  await refuseOtherOwner(context, trx, given, network.account)
  if (given.zoneid !== undefined && given.zoneid !== publicIp.zone)
    throw bad(`Parameter zoneid: the public address is in the zone ${publicIp.zone}.`)
  if (network.vpc !== null && given.openfirewall)
    throw bad('Parameter openfirewall: a VPC has no firewall of its addresses: let clients in by the ACL of the tier.')
  const rule = { protocol: given.protocol ?? 'tcp', limits: limitsOf(given), timeouts: timeoutsOf(given) }
  checkFit({ algorithm: given.algorithm, ...rule })
  const id = randomUUID()
  const protocol = rule.protocol === 'udp' ? 'udp' : 'tcp'
  const opening = { publicIp: publicIp.id, network: network.id, first: given.publicport, last: given.publicport }
  await insertIpRule(trx, { id, purpose: 'LoadBalancing', protocol, ...opening })
  await insertLoadBalancerRule(trx, {
    id,
    ip_rule: id,
    scheme: 'Public',
    network: network.id,
    name: given.name,
    description: given.description ?? null,
    protocol: rule.protocol,
    algorithm: given.algorithm,
    public_port: given.publicport,
    private_port: given.privateport,
    cidrs: given.cidrlist ?? [],
    limits: JSON.stringify(rule.limits),
    timeouts: JSON.stringify(rule.timeouts),
  })
  await settleAddress(trx, publicIp.id)
  // Whom cidrlist leaves out is refused by the balancer.
  if (network.vpc === null && given.openfirewall !== false)
    await openFirewallFor(trx, { ipRule: id, protocol, ...opening })
  const job = { cmd: 'createLoadBalancerRule', instancetype: 'FirewallRule', instance: id }
  return reviseRule(context, trx, { id, network: network.id }, job)
}

export const createLoadBalancerRule = defineCommand({
  name: 'createLoadBalancerRule',
  authorized: everyone,
  description: 'Creates a load balancer rule: clients of a port of a public address are spread over guests.',
  params,
  answer: 'job',
  response: madeRuleResponse,
  result: ruleResult,
  run: (context, given) => {
    if (given.publicipid === undefined && given.networkid === undefined)
      throw bad('createLoadBalancerRule needs publicipid or networkid: give one.')
    return write(context, (trx) => create(context, trx, given))
  },
})
