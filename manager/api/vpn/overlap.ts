import { contains, overlaps } from '@sysvm/agent/spec'
import { SysvmError } from '@sysvm/errors'
import type { Transaction } from 'kysely'
import type { Database } from '../../model/schema.ts'
import { remoteEndsOf } from '../../model/vpnconnection.ts'
import type { AddressOwner } from '../../placement/index.ts'
import { cidrOf } from '../range.ts'
import { refuseOverlapInVpc } from '../vpc/overlap.ts'

const conflict = (vpc: string, other: string, sentence: string): SysvmError =>
  new SysvmError('SYSVM_NETWORK_CONFLICT', sentence, { details: { vpc, conflict: other } })

/** 537 where networks behind a peer of the VPC hold some of the addresses; `but`: a peer that is not looked at. */
export const refuseRemoteOverlap = async (
  trx: Transaction<Database>,
  vpc: string,
  cidr: string,
  but?: string,
): Promise<void> => {
  for (const { id, customer, name, cidrlist } of await remoteEndsOf(trx, vpc)) {
    const other = customer === but ? undefined : cidrlist.find((one) => overlaps(one, cidr))
    if (other !== undefined)
      throw conflict(
        vpc,
        id,
        `The addresses ${cidr} overlap ${other} behind the peer ${name} of the VPN connection ${id} of the same VPC: choose others.`,
      )
  }
}

interface Peer {
  readonly id: string
  readonly gateway: string
  readonly cidrlist: readonly string[]
}

/** One peer has one tunnel, and none leads through another. */
const refusePeerWithin = async (trx: Transaction<Database>, vpc: string, peer: Peer): Promise<void> => {
  const ends = [...(await remoteEndsOf(trx, vpc)).filter(({ customer }) => customer !== peer.id), peer]
  for (const { id, gateway } of ends) {
    if (id !== peer.id && gateway === peer.gateway)
      throw conflict(vpc, id, `The VPN connection ${id} of the same VPC leads to ${gateway} already.`)
    const through = ends.find((one) => one.cidrlist.some((cidr) => contains(cidr, gateway)))
    if (through !== undefined && (id === peer.id || through.id === peer.id))
      throw conflict(
        vpc,
        id,
        `The peer ${gateway} would be reached through a tunnel itself: it is in ${through.cidrlist.join(', ')}.`,
      )
  }
}

/** Networks that public addresses of a network or VPC are of. */
export const publicNetworksOf = async (
  trx: Transaction<Database>,
  { kind, id }: AddressOwner,
): Promise<readonly string[]> => {
  const rows = await trx
    .selectFrom('public_ip')
    .innerJoin('vlan_range', 'vlan_range.id', 'public_ip.range')
    .select(['vlan_range.gateway', 'vlan_range.netmask'])
    .distinct()
    .where(`public_ip.${kind}`, '=', id)
    .execute()
  return rows.flatMap(({ gateway, netmask }) => (gateway && netmask ? [cidrOf(gateway, netmask)] : []))
}

const addressesOf = async (trx: Transaction<Database>, vpc: string): Promise<readonly string[]> =>
  (await trx.selectFrom('public_ip').select('address').where('vpc', '=', vpc).execute()).map(({ address }) => address)

/**
 * 537 where a peer or the networks behind it are the VPC's own, or lead elsewhere already: what its router would refuse.
 * The caller holds the VPC's row.
 */
export const refusePeerOverlap = async (
  trx: Transaction<Database>,
  vpc: { readonly id: string; readonly name: string; readonly cidr: string },
  customer: Peer,
): Promise<void> => {
  if ((await addressesOf(trx, vpc.id)).includes(customer.gateway))
    throw conflict(vpc.id, vpc.id, `The peer ${customer.gateway} is an address of the VPC ${vpc.name} itself.`)
  await refusePeerWithin(trx, vpc.id, customer)
  const outside = await publicNetworksOf(trx, { kind: 'vpc', id: vpc.id })
  for (const cidr of customer.cidrlist) {
    if (overlaps(vpc.cidr, cidr))
      throw conflict(
        vpc.id,
        vpc.id,
        `The addresses ${cidr} behind the customer gateway overlap those of the VPC ${vpc.name}, ${vpc.cidr}.`,
      )
    const near = outside.find((one) => overlaps(one, cidr))
    if (near !== undefined)
      throw conflict(vpc.id, vpc.id, `The addresses ${cidr} behind the peer overlap ${near}, which is outside the VPC.`)
    await refuseOverlapInVpc(trx, vpc.id, cidr)
    await refuseRemoteOverlap(trx, vpc.id, cidr, customer.id)
  }
}
