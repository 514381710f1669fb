import { SysvmError } from '@sysvm/errors'
import type { Transaction } from 'kysely'
import { lockInOrder } from '../../model/lock.ts'
import type { Database } from '../../model/schema.ts'
import { allocateSourceNat } from '../../placement/index.ts'
import type { Context } from '../command.ts'
import { lockOwnedAddress } from '../publicip/owned.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', `Parameter ipaddressid: ${sentence}`)

const lockNamed = async (context: Context, trx: Transaction<Database>, vpc: string, id: string): Promise<string> => {
  const { address, owner, static_nat_nic } = await lockOwnedAddress(context, trx, id)
  if (owner.kind !== 'vpc' || owner.id !== vpc) throw bad(`${address} is no address of the VPC.`)
  if (static_nat_nic !== null) throw bad(`${address} belongs to one guest: end its static NAT first.`)
  return id
}

/**
 * Holds the address at which a VPC's tunnels are to end, before the VPC itself is held: the one that is asked for, or
 * its source NAT address. Undefined: it has none yet.
 */
export const lockGatewayAddress = async (
  context: Context,
  trx: Transaction<Database>,
  vpc: string,
  asked: string | undefined,
): Promise<string | undefined> => {
  if (asked !== undefined) return lockNamed(context, trx, vpc, asked)
  const address = await trx
    .selectFrom('public_ip')
    .select('id')
    .where('vpc', '=', vpc)
    .where('is_source_nat', '=', true)
    .executeTakeFirst()
  await lockInOrder(trx, { addresses: [address?.id ?? null] })
  return address?.id
}

/** The address that a VPC goes out by, which it gets now if its router was not made yet. The caller holds the VPC. */
export const sourceNatOf = async (
  trx: Transaction<Database>,
  vpc: { readonly id: string; readonly name: string; readonly offering: string },
): Promise<string> => {
  const { services, networkmode } = await trx
    .selectFrom('vpc_offering')
    .select(['services', 'networkmode'])
    .where('id', '=', vpc.offering)
    .executeTakeFirstOrThrow()
  if (services.SourceNat === undefined && networkmode !== 'ROUTED')
    throw new SysvmError(
      'SYSVM_API_PARAMETER',
      `Parameter vpcid: VPC ${vpc.name} has no public address: its offering is without SourceNat.`,
    )
  return allocateSourceNat(trx, { kind: 'vpc', id: vpc.id })
}
