import { networksOfRange, overlaps } from '@sysvm/agent/spec'
import { SysvmError } from '@sysvm/errors'
import type { Transaction } from 'kysely'
import { poolsOf } from '../../model/remoteaccess.ts'
import type { Database } from '../../model/schema.ts'
import { usedOfVpc } from '../../model/vpc.ts'
import { cidrOf } from '../range.ts'

/**
 * 537 with the id of the tier, the private gateway, the static route or the remote access VPN of the VPC that holds some of the addresses. The
 * caller holds the VPC's row.
 */
export const refuseOverlapInVpc = async (trx: Transaction<Database>, vpc: string, cidr: string): Promise<void> => {
  const { tiers, gateways, routes } = await usedOfVpc(trx, vpc)
  const pools = await poolsOf(trx, { kind: 'vpc', id: vpc })
  const used = [
    ...tiers.map(({ id, name, cidr }) => ({ id, cidr, what: `the tier ${name} (${cidr})` })),
    ...gateways.map(({ id, address, netmask }) => ({
      id,
      cidr: cidrOf(address, netmask),
      what: `the network of the private gateway ${address}`,
    })),
    ...routes.map(({ id, cidr }) => ({ id, cidr, what: `the static route to ${cidr}` })),
    ...pools.flatMap(({ id, first, last }) =>
      networksOfRange({ first, last }).map((cidr) => ({ id, cidr, what: `the remote access VPN (${first}-${last})` })),
    ),
  ]
  const other = used.find((one) => overlaps(one.cidr, cidr))
  if (other === undefined) return
  throw new SysvmError(
    'SYSVM_NETWORK_CONFLICT',
    `The addresses ${cidr} overlap those of ${other.what}, id ${other.id}, of the same VPC ${vpc}: choose others.`,
    { details: { vpc, conflict: other.id } },
  )
}
