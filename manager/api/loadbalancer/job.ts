import type { Selectable, Transaction } from 'kysely'
import { findLoadBalancerRule, lockLoadBalancerRule, updateLoadBalancerRuleRow } from '../../model/loadbalancer.ts'
import { reviseNetwork } from '../../model/network.ts'
import type { LoadBalancerRuleTable } from '../../model/schema/loadbalancer.ts'
import type { Database } from '../../model/schema.ts'
import type { Context } from '../command.ts'
import { found } from '../found.ts'
import { startNetworkJob } from '../network/job.ts'
import { ownersIn } from '../owner.ts'
import { write } from '../write.ts'
import { presentRule } from './response.ts'

export type Rule = Selectable<LoadBalancerRuleTable>

interface Change {
  readonly cmd: string
  /** The parameter that names the rule. */
  readonly parameter?: string
  /** Only rules of this kind are known to the command. */
  readonly scheme?: Rule['scheme']
  /** What `queryAsyncJobResult` calls the thing that was made or changed; LoadBalancer unless told. */
  readonly instancetype?: string
  /** Writes the change; the id of what it made, when that is not the rule. */
  readonly work: (trx: Transaction<Database>, rule: Rule) => Promise<string | undefined> | Promise<void>
}

/** The rule's network's router must hear of it. Returns the job. */
export const reviseRule = async (
  context: Context,
  trx: Transaction<Database>,
  rule: { readonly id: string; readonly network: string },
  job: { readonly cmd: string; readonly instancetype: string; readonly instance: string },
): Promise<{ readonly jobid: string; readonly id: string }> => {
  const revision = (await reviseNetwork(trx, rule.network)) ?? 0
  await updateLoadBalancerRuleRow(trx, rule.id, { revision })
  const { jobid } = await startNetworkJob(context, trx, job.cmd, rule.network, revision, {
    instance: job.instance,
    instancetype: job.instancetype,
  })
  return { jobid, id: job.instance }
}

/** The job of a change to a rule or to what hangs on it, all in one transaction. */
export const changeRule = (context: Context, id: string, change: Change) =>
  write(context, async (trx) => {
    const row = await lockLoadBalancerRule(trx, id)
    const fits = change.scheme === undefined || row?.scheme === change.scheme
    const rule = found(fits ? row : undefined, change.parameter ?? 'id', 'load balancer rule', id)
    const made = (await change.work(trx, rule)) ?? id
    return reviseRule(context, trx, rule, {
      cmd: change.cmd,
      instancetype: change.instancetype ?? 'FirewallRule',
      instance: made,
    })
  })

export const ruleResult = async ({ db }: Context, id: string) => {
  const rule = await findLoadBalancerRule(db, id)
  return rule && presentRule(await ownersIn(db, [rule]))(rule)
}
