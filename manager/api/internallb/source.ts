import { contains, parseCidr, toNumber } from '@sysvm/agent/spec'
import { SysvmError } from '@sysvm/errors'
import type { Transaction } from 'kysely'
import { addressed } from '../../model/addressed.ts'
import { balancerAddresses, findLoadBalancerRules, guestWithAddress } from '../../model/loadbalancer.ts'
import { lockNetwork, type Network } from '../../model/network.ts'
import type { Database } from '../../model/schema.ts'
import { chooseAddress } from '../../placement/index.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

const checkHost = (network: Network, address: string): void => {
  const { cidr } = addressed(network)
  const { first, last } = parseCidr(cidr)
  const value = toNumber(address)
  if (!contains(cidr, address) || value === first || value === last)
    throw bad(`Parameter sourceipaddress: ${address} is not an address for hosts of ${network.name} (${network.cidr}).`)
  if (address === network.gateway)
    throw bad(`Parameter sourceipaddress: ${address} is the router of network ${network.name}.`)
}

/** Refuses a port that another balancer of the address has. */
const checkPort = async (trx: Transaction<Database>, id: string, network: Network, address: string, port: number) => {
  const filter = { scheme: 'Internal' as const, sourceNetwork: network.id, sourceAddress: address }
  const { rows } = await findLoadBalancerRules(trx, filter, { limit: 65_536, offset: 0 })
  const other = rows.find(({ public_port: taken }) => taken === port)
  if (other !== undefined)
    throw new SysvmError(
      'SYSVM_NETWORK_CONFLICT',
      `The load balancer ${id} for port ${port} of ${address} overlaps the load balancer ${other.id}: choose another port or address.`,
      { details: { rule: id, other: other.id } },
    )
}

/**
 * The address of a new balancer on the network: the one that was asked for, be it another balancer's, or a free one. The
 * network's row is held until the transaction ends.
 */
export const sourceAddress = async (
  trx: Transaction<Database>,
  id: string,
  network: Network,
  wanted: string | undefined,
  port: number,
): Promise<string> => {
  if (wanted === undefined) return (await chooseAddress(trx, network.id, null)).address
  checkHost(network, wanted)
  await lockNetwork(trx, network.id)
  const guest = await guestWithAddress(trx, network.id, wanted)
  if (guest !== undefined)
    throw new SysvmError(
      'SYSVM_NETWORK_CONFLICT',
      `The load balancer ${id} cannot have ${wanted}: the guest ${guest} has it. Choose another address.`,
      { details: { rule: id, other: guest } },
    )
  if ((await balancerAddresses(trx, network.id)).includes(wanted)) await checkPort(trx, id, network, wanted, port)
  return wanted
}
