import { networksOfRange, overlaps } from '@sysvm/agent/spec'
import { SysvmError } from '@sysvm/errors'
import type { Transaction } from 'kysely'
import { poolsOf } from '../../model/remoteaccess.ts'
import type { Database } from '../../model/schema.ts'
import { remoteEndsOf } from '../../model/vpnconnection.ts'
import type { AddressOwner } from '../../placement/index.ts'
import { cidrOf } from '../range.ts'
import { refuseRemoteOverlap } from '../vpn/overlap.ts'

/** 537 where an address that a network or VPC has now is of a range that its VPNs lead to: its router could not have both. */
export const refuseBesideVpn = async (trx: Transaction<Database>, owner: AddressOwner, id: string): Promise<void> => {
  const { address, gateway, netmask } = await trx
    .selectFrom('public_ip')
    .innerJoin('vlan_range', 'vlan_range.id', 'public_ip.range')
    .select(['public_ip.address', 'vlan_range.gateway', 'vlan_range.netmask'])
    .where('public_ip.id', '=', id)
    .executeTakeFirstOrThrow()
  if (!gateway || !netmask) return
  const cidr = cidrOf(gateway, netmask)
  const refuse = (conflict: string, what: string): never => {
    throw new SysvmError(
      'SYSVM_NETWORK_CONFLICT',
      `The public address ${address} is of ${cidr}, and ${what}: take an address of another range.`,
      { details: { [owner.kind]: owner.id, conflict } },
    )
  }
  for (const { id: vpn, first, last } of await poolsOf(trx, owner))
    if (networksOfRange({ first, last }).some((one) => overlaps(one, cidr)))
      refuse(vpn, `clients of the remote access VPN ${vpn} of the same ${owner.kind} get ${first}-${last}`)
  if (owner.kind === 'network') return
  await refuseRemoteOverlap(trx, owner.id, cidr)
  const peer = (await remoteEndsOf(trx, owner.id)).find((one) => one.gateway === address)
  if (peer !== undefined) refuse(peer.id, `the VPN connection ${peer.id} of the same VPC leads to it`)
}
