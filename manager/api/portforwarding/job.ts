import type { Transaction } from 'kysely'
import { findForwardingRule, setRuleRevision } from '../../model/nat.ts'
import { reviseNetwork } from '../../model/network.ts'
import type { Database } from '../../model/schema.ts'
import type { Context } from '../command.ts'
import { startNetworkJob } from '../network/job.ts'
import { presentForwarding } from './response.ts'

/** The router of the rule's network must hear of it. Returns the job, whose result is the rule. */
export const reviseForwarding = async (
  context: Context,
  trx: Transaction<Database>,
  cmd: string,
  rule: { readonly id: string; readonly network: string },
): Promise<{ readonly jobid: string; readonly id?: string }> => {
  const revision = (await reviseNetwork(trx, rule.network)) ?? 0
  await setRuleRevision(trx, rule.id, revision)
  return startNetworkJob(context, trx, cmd, rule.network, revision, {
    instance: rule.id,
    instancetype: 'FirewallRule',
  })
}

export const forwardingResult =
  (purpose: 'PortForwarding' | 'StaticNat') =>
  async ({ db }: Context, id: string) => {
    const rule = await findForwardingRule(db, purpose, id)
    return rule && presentForwarding(rule)
  }
