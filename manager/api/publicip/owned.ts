import { SysvmError } from '@sysvm/errors'
import type { Selectable, Transaction } from 'kysely'
import { findNetwork, lockNetwork, type Network, reviseNetwork } from '../../model/network.ts'
import { findPublicIp, lockPublicIp } from '../../model/publicip.ts'
import type { Database, PublicIpTable } from '../../model/schema.ts'
import { findVpc, lockVpc, reviseVpc } from '../../model/vpc.ts'
import type { AddressOwner } from '../../placement/index.ts'
import { forbiddenAccounts, seesAll } from '../access.ts'
import type { Context } from '../command.ts'
import { found, notFound } from '../found.ts'
import { startNetworkJob } from '../network/job.ts'
import { refuseDestroyed } from '../network/state.ts'
import { ownersIn } from '../owner.ts'
import { startVpcJob } from '../vpc/job.ts'
import { refuseInactive } from '../vpc/state.ts'
import { presentPublicIp } from './response.ts'

export type OwnedAddress = Selectable<PublicIpTable> & { readonly zone: string; readonly owner: AddressOwner }

/**
 * The address, held until the transaction ends. Whose it is was asked before: by now it may be another's, which is
 * answered as what is not there. One that nobody has is only for administrators to change.
 */
export const lockAddress = async ({ caller }: Context, trx: Transaction<Database>, id: string, parameter: string) => {
  const row = found(await lockPublicIp(trx, id), parameter, 'public address', id)
  if (seesAll(caller)) return row
  if (row.account === null || (await forbiddenAccounts(trx, caller, [row.account])).length > 0)
    throw notFound(parameter, 'public address', id)
  return row
}

/** Whether its account has the address, and no network yet. */
export const isUnbound = (
  row: Pick<Selectable<PublicIpTable>, 'allocated' | 'network' | 'vpc' | 'release_revision'>,
): boolean => row.allocated !== null && row.network === null && row.vpc === null

/** The address with who has it, held until the transaction ends; one that nobody has takes no rules. */
export const lockOwnedAddress = async (
  context: Context,
  trx: Transaction<Database>,
  id: string,
  parameter = 'ipaddressid',
): Promise<OwnedAddress> => {
  const row = await lockAddress(context, trx, id, parameter)
  if (row.release_revision !== null)
    throw new SysvmError('SYSVM_RESOURCE_STATE', `The public address ${row.address} is being released.`)
  if (row.vpc !== null) return { ...row, owner: { kind: 'vpc', id: row.vpc } }
  if (row.network !== null) return { ...row, owner: { kind: 'network', id: row.network } }
  throw new SysvmError(
    'SYSVM_RESOURCE_STATE',
    `The public address ${row.address} belongs to no network: ${
      isUnbound(row)
        ? 'its first rule of port forwarding, static NAT or load balancing gives it to one.'
        : 'take it with associateIpAddress first.'
    }`,
  )
}

/** The owner's row, held and still wanted. */
export const lockOwner = async (trx: Transaction<Database>, { kind, id }: AddressOwner): Promise<void> => {
  if (kind === 'network') refuseDestroyed(found(await lockNetwork(trx, id), 'networkid', 'network', id))
  else refuseInactive(found(await lockVpc(trx, id), 'vpcid', 'VPC', id))
}

/** What its offering has the router do; an address of a network without it would be of no use. */
export const refuseWithout = async (
  trx: Transaction<Database>,
  { kind, id }: AddressOwner,
  service: string,
): Promise<void> => {
  const row = kind === 'network' ? await findNetwork(trx, id) : await findVpc(trx, id)
  if (row?.services[service] !== undefined) return
  const what = kind === 'network' ? 'network' : 'VPC'
  throw new SysvmError(
    'SYSVM_API_PARAMETER',
    `The offering of the ${what} ${row?.name} has no service ${service}: choose another ${what}.`,
  )
}

/**
 * The network that a rule of the address leads to: its own, or a tier of its VPC, which the caller names unless the
 * address leads to one already.
 */
export const targetNetwork = async (
  trx: Transaction<Database>,
  address: OwnedAddress,
  networkid: string | undefined,
): Promise<Network> => {
  const id = networkid ?? address.network
  if (id === null)
    throw new SysvmError('SYSVM_API_PARAMETER', 'Parameter networkid is required: name the tier of the guest.')
  refuseDestroyed(found(await lockNetwork(trx, id), 'networkid', 'network', id))
  const network = found(await findNetwork(trx, id), 'networkid', 'network', id)
  const fits = address.vpc === null ? network.id === address.network : network.vpc === address.vpc
  if (fits) return network
  throw new SysvmError(
    'SYSVM_API_PARAMETER',
    `Parameter networkid: the public address ${address.address} does not belong to the network ${network.name}.`,
  )
}

/** The owner's router must hear of the address. Returns the revision from which on it knows. */
export const reviseOwner = async (trx: Transaction<Database>, { kind, id }: AddressOwner): Promise<number> =>
  (await (kind === 'network' ? reviseNetwork(trx, id) : reviseVpc(trx, id))) ?? 0

/** The job of a change to an address. */
export const startAddressJob = (
  context: Context,
  trx: Transaction<Database>,
  cmd: string,
  { kind, id }: AddressOwner,
  revision: number,
  address: string,
): Promise<{ readonly jobid: string; readonly id?: string }> => {
  const start = kind === 'network' ? startNetworkJob : startVpcJob
  return start(context, trx, cmd, id, revision, { instance: address, instancetype: 'IpAddress' })
}

export const addressResult = async ({ db }: Context, id: string) => {
  const row = await findPublicIp(db, id)
  return row && presentPublicIp(await ownersIn(db, [row]))(row)
}
