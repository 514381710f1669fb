import { fromNumber, parseCidr, toNumber } from '@sysvm/agent/spec'
import type { Transaction } from 'kysely'
import { addressed } from '../model/addressed.ts'
import type { Database } from '../model/database.ts'
import { balancerAddresses } from '../model/loadbalancer.ts'
import { secondaryAddresses } from '../model/secondaryip.ts'
import { randomMac } from './mac.ts'
import { exhausted, smallestFree } from './number.ts'

/** What a nic in a network needs beside its owner. */
export interface GuestAddress {
  readonly mac: string
  readonly address: string
  readonly gateway: string
  readonly netmask: string
}

const lockAddresses = (trx: Transaction<Database>, id: string) =>
  trx
    .selectFrom('network')
    .select(['name', 'cidr', 'gateway'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirstOrThrow()

/** What a guest's nic has in a network of type L2, besides its MAC address. */
const NOTHING = { address: null, gateway: null, netmask: null } as const

/** What a guest's nic in the network gets: of type L2, a MAC address alone. */
export const chooseNic = async (
  trx: Transaction<Database>,
  networkId: string,
  wanted: string | null,
): Promise<GuestAddress | (typeof NOTHING & Pick<GuestAddress, 'mac'>)> => {
  const network = await lockAddresses(trx, networkId)
  if (network.cidr === null && wanted === null) return { mac: randomMac(), ...NOTHING }
  return chooseAddress(trx, networkId, wanted)
}

const takenIn = async (trx: Transaction<Database>, networkId: string, gateway: string): Promise<number[]> => {
  const rows = await trx
    .selectFrom('nic')
    .select('address')
    .where('network', '=', networkId)
    .where('address', 'is not', null)
    .execute()
  const others = [...(await balancerAddresses(trx, networkId)), ...(await secondaryAddresses(trx, networkId))]
  return [gateway, ...others, ...rows.map((row) => row.address ?? '')].map(toNumber)
}

/** How many addresses of the network nobody has, its row being locked from then on. */
export const countFreeAddresses = async (trx: Transaction<Database>, networkId: string): Promise<number> => {
  const network = addressed(await lockAddresses(trx, networkId))
  const { first, last } = parseCidr(network.cidr)
  const taken = (await takenIn(trx, networkId, network.gateway)).filter((each) => each > first && each < last)
  return last - first - 1 - new Set(taken).size
}

/**
 * A free address of the network, or the wanted one; never its gateway, first or last. The network's row is locked until
 * the transaction ends, so two takers never choose the same.
 */
export const chooseAddress = async (
  trx: Transaction<Database>,
  networkId: string,
  wanted: string | null,
): Promise<GuestAddress> => {
  const network = addressed(await lockAddresses(trx, networkId))
  const { first, last, netmask } = parseCidr(network.cidr)
  const taken = await takenIn(trx, networkId, network.gateway)
  const free = wanted === null ? smallestFree(taken, first + 1, last - 1) : toNumber(wanted)
  if (free === undefined)
    throw exhausted(`The network ${network.name} has no address left in ${network.cidr}: destroy a guest of it.`, {
      network: networkId,
    })
  return { mac: randomMac(), address: fromNumber(free), gateway: network.gateway, netmask }
}
