import { SysvmError } from '@sysvm/errors'
import type { Transaction } from 'kysely'
import { requireRoom } from '../../model/limit/room.ts'
import { findNetwork, type Network } from '../../model/network.ts'
import type { Database } from '../../model/schema.ts'
import { allocatePublicIp } from '../../placement/index.ts'
import type { Context } from '../command.ts'
import { found } from '../found.ts'
import { refuseDestroyed } from '../network/state.ts'
import { refuseStaticNat } from '../portforwarding/static.ts'
import { lockAddressOfRule } from '../publicip/bind.ts'
import { type OwnedAddress, targetNetwork } from '../publicip/owned.ts'

export interface Place {
  readonly publicIp: OwnedAddress
  /** The network of the members. */
  readonly network: Network
}

/** The offering's capability LbSchemes; both when it names none. */
const schemesOf = ({ capabilities }: Network): readonly string[] => {
  const [, schemes = 'public,internal'] =
    Object.entries(capabilities.Lb ?? {}).find(([name]) => name.toLowerCase() === 'lbschemes') ?? []
  return schemes.toLowerCase().split(',')
}

/** Refuses a network whose offering gives no such load balancing to its guests. */
export const checkBalances = (network: Network, scheme: 'public' | 'internal'): void => {
  refuseDestroyed(network)
  if (!(network.services.Lb ?? []).includes('VirtualRouter'))
    throw new SysvmError(
      'SYSVM_RESOURCE_STATE',
      `The offering of network ${network.name} has no service Lb: make a network of one that has.`,
    )
  const schemes = schemesOf(network)
  if (!schemes.includes(scheme))
    throw new SysvmError(
      'SYSVM_RESOURCE_STATE',
      `The offering of network ${network.name} has ${schemes.join(' and ')} load balancing only, not ${scheme}.`,
    )
}

/** The address, held until the transaction ends, and where its rule leads. */
export const placeOf = async (
  context: Context,
  trx: Transaction<Database>,
  publicipid: string,
  networkid: string | undefined,
): Promise<Place> => {
  const publicIp = await lockAddressOfRule(context, trx, publicipid, { parameter: 'publicipid', networkid })
  const network = await targetNetwork(trx, publicIp, networkid)
  checkBalances(network, 'public')
  await refuseStaticNat(trx, publicIp)
  return { publicIp, network }
}

/** A free public address for the network, or for its VPC; its id. Rejects with SYSVM_CAPACITY. */
export const acquireFor = async (trx: Transaction<Database>, networkid: string): Promise<string> => {
  const network = found(await findNetwork(trx, networkid), 'networkid', 'network', networkid)
  checkBalances(network, 'public')
  await requireRoom(trx, network.account, { public_ip: 1 })
  return allocatePublicIp(
    trx,
    network.vpc === null ? { kind: 'network', id: network.id } : { kind: 'vpc', id: network.vpc },
  )
}
