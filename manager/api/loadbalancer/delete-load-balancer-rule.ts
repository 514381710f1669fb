import { deleteLoadBalancerRuleRow, lockLoadBalancerRule } from '../../model/loadbalancer.ts'
import { settleAddress } from '../../model/nat.ts'
import { reviseNetwork } from '../../model/network.ts'
import { everyone } from '../authorized.ts'
import type { Context } from '../command.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { startNetworkJob } from '../network/job.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'
import type { Rule } from './job.ts'

/** Deletes a rule of the scheme with all that hangs on it; its router lets go of it. */
export const deleteRule = (context: Context, cmd: string, scheme: Rule['scheme'], id: string) =>
  write(context, async (trx) => {
    const row = await lockLoadBalancerRule(trx, id)
    const rule = found(row?.scheme === scheme ? row : undefined, 'id', 'load balancer rule', id)
    const address = await deleteLoadBalancerRuleRow(trx, id)
    if (address !== undefined) await settleAddress(trx, address)
    const revision = (await reviseNetwork(trx, rule.network)) ?? 0
    const { jobid } = await startNetworkJob(context, trx, cmd, rule.network, revision, {
      instance: id,
      instancetype: 'FirewallRule',
    })
    return { jobid }
  })

export const deleteLoadBalancerRule = defineCommand({
  name: 'deleteLoadBalancerRule',
  authorized: everyone,
  subject: 'load_balancer_rule',
  description: 'Deletes a load balancer rule with its policies; connections through it end.',
  params: { id: p.required(p.uuid('The rule.')) },
  answer: 'job',
  response: successResponse,
  run: (context, { id }) => deleteRule(context, 'deleteLoadBalancerRule', 'Public', id),
})
