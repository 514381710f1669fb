import { parseCidr } from '@sysvm/agent/spec'
import { SysvmError } from '@sysvm/errors'
import type { Selectable, Transaction } from 'kysely'
import type { Database, VpcTable } from '../../model/schema.ts'
import { lockVpc } from '../../model/vpc.ts'
import { findVpcOffering, type VpcOffering } from '../../model/vpcoffering.ts'
import { found } from '../found.ts'
import { aclFor } from '../vpc/acl.ts'
import { refuseOverlapInVpc } from '../vpc/overlap.ts'
import { refuseFull } from '../vpc/room.ts'
import { refuseInactive } from '../vpc/state.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

/** What a network needs to know to be a tier. */
export interface Tier {
  readonly vpc: Selectable<VpcTable>
  readonly offering: VpcOffering
  /** The list that decides what passes. */
  readonly acl: string
}

interface Asked {
  readonly zoneid: string
  readonly vpcid?: string | undefined
  readonly aclid?: string | undefined
  readonly gateway?: string | undefined
}

/** The VPC, its row locked; undefined when the network is to be isolated. */
export const tierOf = async (trx: Transaction<Database>, asked: Asked): Promise<Tier | undefined> => {
  const { vpcid, aclid } = asked
  if (vpcid === undefined) {
    if (aclid !== undefined) throw bad('Parameter aclid: only tiers of a VPC have lists: give vpcid too.')
    return undefined
  }
  const vpc = found(await lockVpc(trx, vpcid), 'vpcid', 'VPC', vpcid)
  refuseInactive(vpc)
  await refuseFull(trx, vpc)
  if (vpc.zone !== asked.zoneid) throw bad(`Parameter vpcid: VPC ${vpc.name} is in another zone.`)
  if (asked.gateway === undefined)
    throw bad(`Parameters gateway and netmask are required for a tier: choose them inside ${vpc.cidr}.`)
  const offering = found(await findVpcOffering(trx, vpc.offering), 'vpcid', 'VPC offering', vpc.offering)
  return { vpc, offering, acl: await aclFor(trx, vpc.id, aclid, 'default_deny') }
}

/** Inside the VPC's CIDR, and apart from its other tiers, gateways and routes. */
export const checkTierAddress = async (trx: Transaction<Database>, { vpc }: Tier, cidr: string): Promise<void> => {
  const [whole, part] = [parseCidr(vpc.cidr), parseCidr(cidr)]
  if (part.first < whole.first || part.last > whole.last)
    throw bad(`Parameter gateway: the tier's addresses ${cidr} are not inside those of VPC ${vpc.name}, ${vpc.cidr}.`)
  await refuseOverlapInVpc(trx, vpc.id, cidr)
}
