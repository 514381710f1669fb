import { SysvmError } from '@sysvm/errors'
import type { Transaction } from 'kysely'
import { type PeerScope, setPeersOf } from '../../model/bgppeer.ts'
import type { NetworkOffering } from '../../model/offering.ts'
import type { Database } from '../../model/schema.ts'
import { giveAsNumber } from '../asn/take.ts'
import { namedPeers, refuseStatic } from '../bgppeer/named.ts'
import { subnetOfSize, takeSubnet } from '../ipv4subnet/take.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

interface Asked {
  readonly gateway?: string | undefined
  readonly netmask?: string | undefined
  readonly cidrsize?: number | undefined
  readonly asnumber?: number | undefined
  readonly bgppeerids?: readonly string[] | undefined
}

type Offering = Pick<NetworkOffering, 'name' | 'networkmode' | 'routingmode'>

/**
 * Addresses of an isolated routed network that asks for a size; undefined where they are named, or where the network is
 * translated. The outside knows no default CIDR of ours, so that one of the two must be given.
 */
export const routedAddress = async (
  trx: Transaction<Database>,
  zone: string,
  { networkmode }: Offering,
  { gateway, cidrsize }: Asked,
): Promise<{ readonly cidr: string; readonly gateway: string } | undefined> => {
  if (networkmode !== 'ROUTED') {
    if (cidrsize !== undefined) throw bad('Parameter cidrsize: it is for offerings with networkmode ROUTED only.')
    return undefined
  }
  if ((gateway === undefined) === (cidrsize === undefined))
    throw bad('Parameter cidrsize: a routed network needs cidrsize, or gateway and netmask: give one of the two.')
  return cidrsize === undefined ? undefined : subnetOfSize(trx, zone, cidrsize)
}

/** What a routed network takes of its zone: its subnet, and for BGP a number and its peers. */
export const takeRouting = async (
  trx: Transaction<Database>,
  network: { readonly id: string; readonly zone: string; readonly cidr: string },
  { name, networkmode, routingmode }: Offering,
  { asnumber, bgppeerids }: Asked,
): Promise<void> => {
  if (networkmode === 'ROUTED') await takeSubnet(trx, network.zone, network.id, network.cidr)
  await takeSession(
    trx,
    network.zone,
    { kind: 'network', id: network.id },
    { name, routingmode },
    { asnumber, bgppeerids },
  )
}

const takeSession = async (
  trx: Transaction<Database>,
  zone: string,
  scope: PeerScope,
  { name, routingmode }: Pick<Offering, 'name' | 'routingmode'>,
  { asnumber, bgppeerids }: Asked,
): Promise<void> => {
  if (asnumber === undefined && bgppeerids === undefined && routingmode !== 'Dynamic') return
  refuseStatic(asnumber === undefined ? 'bgppeerids' : 'asnumber', `Offering ${name}`, routingmode)
  await giveAsNumber(trx, zone, scope, asnumber)
  await setPeersOf(trx, scope, await namedPeers(trx, zone, scope, bgppeerids))
}

/** A VPC's tiers are routed by its one router, with one number and one set of peers. */
export const takeVpcRouting = (
  trx: Transaction<Database>,
  vpc: { readonly id: string; readonly zone: string },
  offering: Pick<Offering, 'name' | 'routingmode'>,
  asked: Asked,
): Promise<void> => takeSession(trx, vpc.zone, { kind: 'vpc', id: vpc.id }, offering, asked)

/** Tiers have what their VPC has. */
export const refuseOfTier = (asked: Asked & { readonly sourcenatipaddress?: string | undefined }): void => {
  const { cidrsize, asnumber, bgppeerids, sourcenatipaddress } = asked
  const [name] =
    Object.entries({ cidrsize, asnumber, bgppeerids, sourcenatipaddress }).find(([, value]) => value !== undefined) ??
    []
  if (name !== undefined) throw bad(`Parameter ${name}: a tier has that of its VPC: leave it out.`)
}
