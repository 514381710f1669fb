import { randomUUID } from 'node:crypto'
import { SysvmError } from '@sysvm/errors'
import type { Transaction } from 'kysely'
import type { Database } from '../../model/schema.ts'
import { everyone } from '../authorized.ts'
import { type Context, defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { lockAddress } from '../publicip/owned.ts'
import { write } from '../write.ts'
import { addRule, firewallRuleResult } from './job.ts'
import { firewalledNetwork } from './network.ts'
import { cidrs, protocols, shapeOf, transport } from './parameters.ts'
import { firewallRuleResponse } from './response.ts'

/** The isolated network that has the address; the address is held until the transaction ends. */
const networkOf = async (context: Context, trx: Transaction<Database>, id: string) => {
  const address = await lockAddress(context, trx, id, 'ipaddressid')
  if (address.vpc !== null)
    throw new SysvmError(
      'SYSVM_API_PARAMETER',
      `Parameter ipaddressid: ${address.address} is a VPC's, where ACLs decide: use createNetworkACL.`,
    )
  if (address.network === null || address.release_revision !== null)
    throw new SysvmError(
      'SYSVM_RESOURCE_STATE',
      `The public address ${address.address} is not associated with a network: associate it with one, or make a rule of another kind first, which does.`,
    )
  return firewalledNetwork(trx, address.network, 'ipaddressid')
}

export const createFirewallRule = defineCommand({
  name: 'createFirewallRule',
  authorized: everyone,
  description: 'Lets connections in at a public address of an isolated network; what no rule lets in stays out.',
  params: {
    ipaddressid: p.required(p.uuid('The public address.')),
    protocol: p.required(p.choice('tcp, udp, icmp or all.', protocols)),
    ...transport,
    cidrlist: cidrs('Networks whose packets come in; default 0.0.0.0/0.'),
    type: p.choice('user.', ['user']),
    fordisplay: p.only('Whether it is shown.', true),
  },
  answer: 'job',
  response: firewallRuleResponse,
  result: firewallRuleResult,
  run: (context, params) => {
    const shape = shapeOf(params)
    return write(context, async (trx) => {
      const network = await networkOf(context, trx, params.ipaddressid)
      return addRule(context, trx, 'createFirewallRule', {
        id: randomUUID(),
        kind: 'Ingress',
        network: network.id,
        public_ip: params.ipaddressid,
        traffictype: 'Ingress',
        protocol: params.protocol,
        ...shape,
        cidrlist: params.cidrlist ?? ['0.0.0.0/0'],
        destcidrlist: [],
        related: null,
      })
    })
  },
})
