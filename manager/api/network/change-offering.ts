import { SysvmError } from '@sysvm/errors'
import type { Selectable, Transaction } from 'kysely'
import { egressRuleOf, usesOfNetwork } from '../../model/networkuse.ts'
import { findNetworkOffering, hasTwoRouters, type NetworkOffering } from '../../model/offering.ts'
import type { Database, NetworkTable } from '../../model/schema.ts'
import { findVpc } from '../../model/vpc.ts'
import { findVpcOffering } from '../../model/vpcoffering.ts'
import { found } from '../found.ts'
import { SECURITY_GROUP } from '../provider/services.ts'
import { checkTier } from './offering.ts'
import { refuseFull } from './room.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', `Parameter networkofferingid: ${sentence}`)

/** What a network was made with: its addresses, its guests' names for them and its hosts' filters hang on these. */
const LASTING = ['guestiptype', 'forvpc', 'networkmode', 'routingmode', 'internetprotocol'] as const

/** Services without which it is another network: whose addresses it leaves by, and who keeps guests apart. */
const LASTING_SERVICES = ['SourceNat', 'NetworkACL', SECURITY_GROUP] as const

const refuseUnlike = (before: NetworkOffering, after: NetworkOffering): void => {
  const other =
    LASTING.find((name) => before[name] !== after[name]) ??
    LASTING_SERVICES.find((name) => (before.services[name] === undefined) !== (after.services[name] === undefined))
  if (other !== undefined)
    throw bad(`${after.name} differs from ${before.name} in ${other}, which a network keeps: make another network.`)
}

/** The second router goes with its network only. */
const refuseFewer = (before: NetworkOffering, after: NetworkOffering): void => {
  if (hasTwoRouters(before) && !hasTwoRouters(after))
    throw bad(`${after.name} has one router and ${before.name} two, which a network keeps: make another network.`)
}

const schemesOf = ({ capabilities }: NetworkOffering): string => JSON.stringify(capabilities.Lb ?? {}).toLowerCase()

/** Rules that the network has must mean afterwards what they meant before. */
const refuseInUse = async (
  trx: Transaction<Database>,
  network: string,
  before: NetworkOffering,
  after: NetworkOffering,
): Promise<void> => {
  const uses = await usesOfNetwork(trx, network)
  const gone = uses.find(({ service }) => after.services[service] === undefined)
  if (gone !== undefined)
    throw new SysvmError(
      'SYSVM_IN_USE',
      `Parameter networkofferingid: ${after.name} has no service ${gone.service}, which ${gone.id} of the network uses: delete that first.`,
      { details: { service: gone.service, id: gone.id } },
    )
  const balances = uses.some(({ service }) => service === 'Lb')
  if (balances && schemesOf(before) !== schemesOf(after))
    throw bad(`${after.name} balances otherwise than ${before.name}, and the network has load balancer rules.`)
  const egress = before.egressdefaultpolicy === after.egressdefaultpolicy ? undefined : await egressRuleOf(trx, network)
  if (egress !== undefined)
    throw new SysvmError(
      'SYSVM_IN_USE',
      `Parameter networkofferingid: ${after.name} has another egressdefaultpolicy, and the egress rule ${egress} would mean the opposite: delete it first.`,
      { details: { id: egress } },
    )
}

/**
 * The offering that a network, whose row the caller holds, has from now on; its router gives the new services with its
 * next commit, and those that are gone no more. Throws where it would be another network, or rules lose their service.
 */
export const otherOffering = async (
  trx: Transaction<Database>,
  network: Pick<Selectable<NetworkTable>, 'id' | 'name' | 'gateway' | 'offering' | 'vpc' | 'redundant'>,
  id: string,
): Promise<{ readonly offering: string; readonly redundant: boolean }> => {
  if (id === network.offering) return { offering: id, redundant: network.redundant }
  const after = found(await findNetworkOffering(trx, id), 'networkofferingid', 'network offering', id)
  if (after.state === 'Disabled') throw bad(`${after.name} is disabled: enable it first.`)
  const before = found(await findNetworkOffering(trx, network.offering), 'id', 'network offering', network.offering)
  refuseUnlike(before, after)
  refuseFewer(before, after)
  if (network.vpc !== null) {
    const vpc = found(await findVpc(trx, network.vpc), 'id', 'VPC', network.vpc)
    const offering = found(await findVpcOffering(trx, vpc.offering), 'id', 'VPC offering', vpc.offering)
    checkTier(after, { vpc, offering })
  }
  await refuseInUse(trx, network.id, before, after)
  if (hasTwoRouters(after) && !network.redundant) await refuseFull(trx, 'networkofferingid', network)
  return { offering: id, redundant: network.redundant || hasTwoRouters(after) }
}
