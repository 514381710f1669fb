import { deleteIpRule, lockForwardingRule, settleAddress } from '../../model/nat.ts'
import { reviseNetwork } from '../../model/network.ts'
import { lockPublicIp } from '../../model/publicip.ts'
import type { Context } from '../command.ts'
import { found } from '../found.ts'
import { startNetworkJob } from '../network/job.ts'
import { write } from '../write.ts'

/** Removes a rule with the firewall's opening for it; the job is done when its router has cut what it allowed. */
export const deleteForwarding = (
  context: Context,
  cmd: string,
  purpose: 'PortForwarding' | 'StaticNat',
  id: string,
): Promise<{ readonly jobid: string; readonly id?: string }> =>
  write(context, async (trx) => {
    const kind = purpose === 'PortForwarding' ? 'port forwarding rule' : 'IP forwarding rule'
    const rule = found(await lockForwardingRule(trx, purpose, id), 'id', kind, id)
    await lockPublicIp(trx, rule.public_ip)
    await deleteIpRule(trx, id)
    await settleAddress(trx, rule.public_ip)
    const network = rule.network ?? ''
    const revision = (await reviseNetwork(trx, network)) ?? 0
    return startNetworkJob(context, trx, cmd, network, revision, { instance: id, instancetype: 'FirewallRule' })
  })
