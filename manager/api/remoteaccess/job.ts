import type { Transaction } from 'kysely'
import { findRemoteAccessVpn, type RevisedVpn, reviseVpns, vpnsOfAccount } from '../../model/remoteaccess.ts'
import type { Database } from '../../model/schema.ts'
import type { Context } from '../command.ts'
import { doneJob } from '../done-job.ts'
import type { Instance } from '../instance.ts'
import { startNetworkJob } from '../network/job.ts'
import { startVpcJob } from '../vpc/job.ts'
import { presentRemoteAccessVpns } from './response.ts'

const start = (
  context: Context,
  trx: Transaction<Database>,
  cmd: string,
  { target, revision }: RevisedVpn,
  of: Instance,
) => (target.kind === 'vpc' ? startVpcJob : startNetworkJob)(context, trx, cmd, target.id, revision, of)

/** The job of a change to a VPN: done when its router has it. */
export const startVpnJob = (
  context: Context,
  trx: Transaction<Database>,
  cmd: string,
  vpn: RevisedVpn,
): Promise<{ readonly jobid: string; readonly id?: string }> =>
  start(context, trx, cmd, vpn, { instance: vpn.id, instancetype: 'RemoteAccessVpn' })

/**
 * The routers of all VPNs of the account hear of a change to its users. The job waits for the first of them, as most
 * accounts have one; without any it is done.
 */
export const startUserJob = async (
  context: Context,
  trx: Transaction<Database>,
  cmd: string,
  { account, user }: { readonly account: string; readonly user: string },
  then: (vpns: readonly RevisedVpn[]) => Promise<void>,
): Promise<{ readonly jobid: string; readonly id?: string }> => {
  const [first, ...others] = await reviseVpns(trx, await vpnsOfAccount(trx, account))
  await then(first === undefined ? [] : [first, ...others])
  for (const { target } of others) await context.jobs.wake(trx, target.kind, target.id)
  if (first === undefined) return { jobid: await doneJob(trx, cmd, 'VpnUser', user), id: user }
  return start(context, trx, cmd, first, { instance: user, instancetype: 'VpnUser' })
}

export const remoteAccessVpnResult = async (context: Context, id: string) => {
  const vpn = await findRemoteAccessVpn(context.db, id)
  return vpn && (await presentRemoteAccessVpns(context, [vpn]))(vpn)
}
