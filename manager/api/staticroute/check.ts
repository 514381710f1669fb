import { contains, overlaps, parseCidr } from '@sysvm/agent/spec'
import { SysvmError } from '@sysvm/errors'
import type { Transaction } from 'kysely'
import type { Database } from '../../model/schema.ts'
import { usedOfVpc } from '../../model/vpc.ts'
import { cidrOf } from '../range.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

/** Where a static route may lead: somewhere outside, and not everywhere. */
export const checkDestination = (cidr: string, vpcCidr: string): void => {
  const { network, prefix } = parseCidr(cidr)
  if (network !== cidr.split('/')[0]) throw bad(`Parameter cidr: ${cidr} has bits set behind its prefix.`)
  if (prefix === 0) throw bad('Parameter cidr: 0.0.0.0/0 is the way out by the public address: name a network.')
  for (const range of ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3'])
    if (overlaps(range, cidr)) throw bad(`Parameter cidr: ${cidr} holds addresses of ${range}, which are not routed.`)
  if (overlaps(vpcCidr, cidr)) throw bad(`Parameter cidr: ${cidr} overlaps the VPC's own addresses ${vpcCidr}.`)
}

/** A next hop is a neighbour: in a tier, or in the network of a private gateway, and not the router itself. */
export const checkNextHop = async (trx: Transaction<Database>, vpc: string, nexthop: string): Promise<void> => {
  const { tiers, gateways } = await usedOfVpc(trx, vpc)
  const near = [...tiers.map(({ cidr }) => cidr), ...gateways.map(({ address, netmask }) => cidrOf(address, netmask))]
  if (!near.some((cidr) => contains(cidr, nexthop)))
    throw bad(`Parameter nexthop: ${nexthop} is in no tier and in no private gateway's network of the VPC.`)
  if (gateways.some(({ address }) => address === nexthop))
    throw bad(`Parameter nexthop: ${nexthop} is the router itself: name what is behind it.`)
}
