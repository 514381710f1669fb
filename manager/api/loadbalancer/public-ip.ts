import { SysvmError } from '@sysvm/errors'
import type { Transaction } from 'kysely'
import { findNetwork, type Network } from '../../model/network.ts'
import { lockPublicIp } from '../../model/publicip.ts'
import type { Database } from '../../model/schema.ts'
import { allocatePublicIp } from '../../placement/index.ts'
import { found, notFound } from '../found.ts'
import { refuseDestroyed } from '../network/state.ts'

type PublicIp = NonNullable<Awaited<ReturnType<typeof lockPublicIp>>>

export interface Place {
  readonly publicIp: PublicIp
  /** The network of the members. */
  readonly network: Network
}

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

/** The network that a rule of the address leads to: the address's own, or of a VPC's address a tier that is named. */
const networkOf = async (
  trx: Transaction<Database>,
  publicIp: PublicIp,
  networkid: string | undefined,
): Promise<Network> => {
  const id = networkid ?? publicIp.network
  if (id === null) {
    if (publicIp.vpc === null)
      throw new SysvmError('SYSVM_RESOURCE_STATE', `The public address ${publicIp.address} belongs to no network.`)
    throw bad(`Parameter networkid is required: ${publicIp.address} belongs to a VPC, so name the tier.`)
  }
  const network = found(await findNetwork(trx, id), 'networkid', 'network', id)
  const own = publicIp.vpc === null ? publicIp.network === network.id : publicIp.vpc === network.vpc
  if (!own) throw notFound('networkid', `network with the public address ${publicIp.address}`, id)
  return network
}

/** The offering's capability LbSchemes; both when it names none. */
const schemesOf = ({ capabilities }: Network): readonly string[] => {
  const [, schemes = 'public,internal'] =
    Object.entries(capabilities.Lb ?? {}).find(([name]) => name.toLowerCase() === 'lbschemes') ?? []
  return schemes.toLowerCase().split(',')
}

/** Refuses what gives no load balancing to its guests. */
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
  trx: Transaction<Database>,
  publicipid: string,
  networkid: string | undefined,
): Promise<Place> => {
  const publicIp = found(await lockPublicIp(trx, publicipid), 'publicipid', 'public address', publicipid)
  const network = await networkOf(trx, publicIp, networkid)
  checkBalances(network, 'public')
  if (publicIp.release_revision !== null)
    throw new SysvmError('SYSVM_RESOURCE_STATE', `The public address ${publicIp.address} is being released.`)
  if (publicIp.static_nat_nic !== null)
    throw new SysvmError(
      'SYSVM_NETWORK_CONFLICT',
      `The public address ${publicIp.id} (${publicIp.address}) stands for the guest's nic ${publicIp.static_nat_nic} by static NAT: disable that or use another address.`,
    )
  return { publicIp, network }
}

/** A free public address for the network, or for its VPC; its id. Rejects with SYSVM_CAPACITY. */
export const acquireFor = async (trx: Transaction<Database>, networkid: string): Promise<string> => {
  const network = found(await findNetwork(trx, networkid), 'networkid', 'network', networkid)
  checkBalances(network, 'public')
  return allocatePublicIp(
    trx,
    network.vpc === null ? { kind: 'network', id: network.id } : { kind: 'vpc', id: network.vpc },
  )
}
