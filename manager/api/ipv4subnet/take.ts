import { fromNumber, parseCidr } from '@sysvm/agent/spec'
import { SysvmError } from '@sysvm/errors'
import type { Transaction } from 'kysely'
import type { Database } from '../../model/schema.ts'
import { insertGuestSubnet, lockZoneSubnets, subnetsOf, takeGuestSubnet } from '../../model/subnet.ts'
import { firstFree, isInside, meetsOf } from './choose.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

/** The addresses of a routed network that asks for a size: the first free ones of its zone. */
export const subnetOfSize = async (trx: Transaction<Database>, zone: string, prefix: number) => {
  for (const { id, subnet } of await lockZoneSubnets(trx, { zone })) {
    const taken = await subnetsOf(trx, id)
    const ready = taken.find((one) => one.network === null && parseCidr(one.subnet).prefix === prefix)
    const cidrs = taken.map((one) => one.subnet)
    const cidr = ready?.subnet ?? firstFree(subnet, cidrs, prefix)
    if (cidr !== undefined) return { cidr, gateway: fromNumber(parseCidr(cidr).first + 1) }
  }
  throw new SysvmError(
    'SYSVM_CAPACITY',
    `The zone has no free IPv4 subnet of prefix length ${prefix}: add one with createIpv4SubnetForZone.`,
  )
}

/** Writes down that a routed network has these addresses, which are the zone's to give. */
export const takeSubnet = async (
  trx: Transaction<Database>,
  zone: string,
  network: string,
  cidr: string,
): Promise<void> => {
  const parent = (await lockZoneSubnets(trx, { zone })).find(({ subnet }) => isInside(subnet, cidr))
  if (parent === undefined)
    throw bad(`Parameter gateway: ${cidr} is in no IPv4 subnet of the zone: add one with createIpv4SubnetForZone.`)
  const taken = await subnetsOf(trx, parent.id)
  const ready = taken.find((one) => one.subnet === cidr && one.network === null)
  if (ready !== undefined) {
    await takeGuestSubnet(trx, ready.id, network)
    return
  }
  const other = taken.find((one) => meetsOf([one.subnet], cidr) !== undefined)
  if (other !== undefined)
    throw new SysvmError(
      'SYSVM_NETWORK_CONFLICT',
      `${cidr} overlaps ${other.subnet}, id ${other.id}, which ${other.network ?? 'nobody yet'} has.`,
    )
  const allocated = new Date()
  await insertGuestSubnet(trx, { parent: parent.id, subnet: cidr, network, allocated })
}
