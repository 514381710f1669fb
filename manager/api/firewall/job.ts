import type { Transaction } from 'kysely'
import {
  deleteFirewallRuleRow,
  type FirewallKind,
  findFirewallRule,
  insertFirewallRule,
  lockFirewallRule,
  type NewFirewallRule,
  refuseConflict,
} from '../../model/firewall.ts'
import { reviseNetwork } from '../../model/network.ts'
import type { Database } from '../../model/schema.ts'
import type { Context } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { found } from '../found.ts'
import { startNetworkJob } from '../network/job.ts'
import { write } from '../write.ts'
import { presentFirewallRule, presentOwnRule } from './response.ts'

const instancetype = 'FirewallRule'

/** Adds a rule to its network and has the router hear of it. The caller holds the network or the public address. */
export const addRule = async (context: Context, trx: Transaction<Database>, cmd: string, rule: NewFirewallRule) => {
  await refuseConflict(trx, rule)
  const revision = (await reviseNetwork(trx, rule.network)) ?? 0
  await insertFirewallRule(trx, { ...rule, revision })
  return startNetworkJob(context, trx, cmd, rule.network, revision, { instance: rule.id, instancetype })
}

/** Deletes a rule of this kind; connections that only it allowed end. */
export const deleteRule = (context: Context, cmd: string, kind: FirewallKind, id: string) =>
  write(context, async (trx) => {
    const rule = found(await lockFirewallRule(trx, kind, id), 'id', 'firewall rule', id)
    await deleteFirewallRuleRow(trx, id)
    const revision = (await reviseNetwork(trx, rule.network)) ?? 0
    const { jobid } = await startNetworkJob(context, trx, cmd, rule.network, revision, { instance: id, instancetype })
    return { jobid }
  })

/** CloudStack's updates of a rule change nothing that a packet meets: the job is done when it is made. */
export const touchRule = (context: Context, cmd: string, kind: FirewallKind, id: string) =>
  write(context, async (trx) => {
    found(await lockFirewallRule(trx, kind, id), 'id', 'firewall rule', id)
    return { jobid: await doneJob(trx, cmd, instancetype, id), id }
  })

export const firewallRuleResult = async ({ db }: Context, id: string) => {
  const rule = await findFirewallRule(db, id)
  return rule && presentFirewallRule(rule)
}

export const ownRuleResult = async ({ db }: Context, id: string) => {
  const rule = await findFirewallRule(db, id)
  return rule && presentOwnRule(rule)
}
