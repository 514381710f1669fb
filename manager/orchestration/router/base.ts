import { type Kysely, type Selectable, sql } from 'kysely'
import { addressed } from '../../model/addressed.ts'
import type { Database } from '../../model/database.ts'
import type { RouterTable } from '../../model/schema.ts'
import { LINK } from './link.ts'
import { prefixOf } from './prefix.ts'

/** The isolated network, or one tier of the VPC: those whose nic the machine has. */
export interface RouterNetwork {
  readonly id: string
  readonly name: string
  readonly cidr: string
  readonly gateway: string
  readonly networkdomain: string
  readonly revision: number
  /** The router's device in it, `ethN`. */
  readonly device: string
  /** Of a tier, its ACL list; null: default_deny. */
  readonly acl: string | null
  readonly offering: {
    readonly services: Readonly<Record<string, readonly string[]>>
    readonly egressdefaultpolicy: boolean
    readonly networkmode: 'NATTED' | 'ROUTED'
    readonly routingmode: 'Static' | 'Dynamic' | null
    readonly internetprotocol: 'IPv4' | 'DualStack' | 'IPv6'
    /** Megabits per second; null: as fast as it goes. */
    readonly networkrate: number | null
    readonly capabilities: Readonly<Record<string, Readonly<Record<string, string>>>>
  }
}

export interface RouterVpc {
  readonly id: string
  readonly name: string
  readonly cidr: string
  readonly networkdomain: string
  readonly revision: number
  readonly offering: {
    readonly services: Readonly<Record<string, readonly string[]>>
    readonly networkmode: 'NATTED' | 'ROUTED'
    readonly routingmode: 'Static' | 'Dynamic' | null
  }
}

export interface RouterNic {
  readonly id: string
  readonly role: 'control' | 'guest' | 'public' | 'private' | 'link'
  /** Role guest. */
  readonly network: string | null
  /** Role private. */
  readonly privateGateway: string | null
  readonly device: string
  readonly mac: string
  /** That it serves with; of a pair, the primary has it. */
  readonly address: string
  readonly prefix: number
  /** Next hop on the public or private side. */
  readonly gateway: string | null
  /** Of a pair in a guest network and on its link: what this router alone has. */
  readonly own?: string | undefined
}

/** The other router of two that serve the same. */
export interface RouterPair {
  readonly rank: 'first' | 'second'
  /** The device on which the two hear each other. */
  readonly device: string
  readonly peer: { readonly address: string; readonly mac: string }
  /** Number of the first of the two: by its name guests know them both. */
  readonly first: number
}

/** A guest's nic in one of the networks. */
export interface RouterGuest {
  readonly id: string
  readonly nic: string
  readonly network: string
  readonly number: number
  readonly name: string
  readonly displayname: string
  readonly mac: string
  readonly address: string
  readonly userdata: string | null
  readonly offering: string
}

/** A public address of the network or VPC. */
export interface PublicAddress {
  readonly id: string
  readonly address: string
  /** The network or tier it leads to; null: of a VPC, and it leads to several tiers or none. */
  readonly network: string | null
  readonly isSourceNat: boolean
  /** Public device it is on. */
  readonly device: string
  readonly prefix: number
  readonly gateway: string
  /** The guest's nic and address that have it one to one. */
  readonly staticNat: { readonly nic: string; readonly address: string } | null
}

/** A way into a network of the site, of a VPC only. */
export interface RouterGateway {
  readonly id: string
  /** The router's device and address there. */
  readonly device: string
  readonly address: string
  readonly prefix: number
  /** Next hop behind it. */
  readonly gateway: string
  /** Guests leave by it under the router's address. */
  readonly sourceNat: boolean
  /** The list that decides what passes; null: default_allow. */
  readonly acl: string | null
}

/** What every part of a router's spec builds on, read in one snapshot. */
export interface RouterBase {
  readonly router: { readonly id: string; readonly number: number }
  readonly zone: { readonly id: string; readonly name: string; readonly dns1: string; readonly dns2: string | null }
  readonly vpc: RouterVpc | undefined
  /** Undefined: it is alone. */
  readonly pair: RouterPair | undefined
  /** In the order of their devices. */
  readonly networks: readonly RouterNetwork[]
  /** In the order of their devices. */
  readonly nics: readonly RouterNic[]
  readonly guests: readonly RouterGuest[]
  /** The one for source NAT first. */
  readonly addresses: readonly PublicAddress[]
  /** Private gateways whose nic the machine has. */
  readonly gateways: readonly RouterGateway[]
  /** Bytes of a packet on guest networks. */
  readonly mtu: number
}

/** Whether the router gives a network this service, as its offering says. */
export const gives = (network: RouterNetwork, service: string): boolean =>
  (network.offering.services[service] ?? []).includes('VirtualRouter')

export const sourceNatAddress = ({ addresses }: RouterBase): PublicAddress | undefined =>
  addresses.find(({ isSourceNat }) => isSourceNat)

const readHead = (db: Kysely<Database>, routerId: string) =>
  db
    .selectFrom('router')
    .innerJoin('zone', 'zone.id', 'router.zone')
    .select(['router.id', 'router.number', 'router.network', 'router.vpc', 'router.rank'])
    .select(['zone.id as zone', 'zone.name as zonename', 'zone.dns1', 'zone.dns2'])
    .where('router.id', '=', routerId)
    .executeTakeFirst()

const readVpc = async (db: Kysely<Database>, id: string): Promise<RouterVpc> => {
  const { services, networkmode, routingmode, ...vpc } = await db
    .selectFrom('vpc')
    .innerJoin('vpc_offering', 'vpc_offering.id', 'vpc.offering')
    .select(['vpc.id', 'vpc.name', 'vpc.cidr', 'vpc.networkdomain', 'vpc.revision'])
    .select(['vpc_offering.services', 'vpc_offering.networkmode', 'vpc_offering.routingmode'])
    .where('vpc.id', '=', id)
    .executeTakeFirstOrThrow()
  return { ...vpc, offering: { services, networkmode, routingmode } }
}

/** Of what leaves, and of what the machine has not been given yet, the spec says nothing. */
const readNics = async (db: Kysely<Database>, routerId: string): Promise<RouterNic[]> => {
  const rows = await db
    .selectFrom('nic')
    .leftJoin('network', 'network.id', 'nic.network')
    .selectAll('nic')
    .select(
      sql<string | null>`case nic.role when 'link' then ${LINK.shared} else host(network.gateway) end`.as('shared'),
    )
    .where('router', '=', routerId)
    .where('plugged', '=', true)
    .where('leaving', '=', false)
    .orderBy('device')
    .execute()
  return rows.map(({ id, role, network, private_gateway, device, mac, address, gateway, netmask, shared }) => ({
    id,
    role,
    network,
    privateGateway: private_gateway,
    device: `eth${device}`,
    mac: mac ?? '',
    address: shared ?? address ?? '',
    prefix: prefixOf(netmask ?? ''),
    gateway,
    ...(shared === null || shared === address ? {} : { own: address ?? '' }),
  }))
}

/** The other router by its nic on the network on which the two hear each other: that of the guests, or the VPC's link. */
const readPair = async (
  db: Kysely<Database>,
  { id, number, network, vpc, rank }: Pick<Selectable<RouterTable>, 'id' | 'number' | 'network' | 'vpc' | 'rank'>,
  nics: readonly RouterNic[],
): Promise<RouterPair | undefined> => {
  const role = vpc === null ? 'guest' : 'link'
  const nic = nics.find((one) => one.role === role && one.network === network && one.own !== undefined)
  if (nic === undefined) return undefined
  const peer = await db
    .selectFrom('router')
    .innerJoin('nic', 'nic.router', 'router.id')
    .select(['nic.address', 'nic.mac', 'router.number'])
    .where('nic.role', '=', role)
    .where('nic.network', 'is not distinct from', network)
    .where(vpc === null ? 'router.network' : 'router.vpc', '=', vpc ?? network)
    .where('router.id', '<>', id)
    .executeTakeFirst()
  if (!peer?.address || !peer.mac) return undefined
  const first = rank === 'first' ? number : peer.number
  return { rank, device: nic.device, peer: { address: peer.address, mac: peer.mac }, first }
}

const readNetworks = async (db: Kysely<Database>, nics: readonly RouterNic[]): Promise<RouterNetwork[]> => {
  const ids = nics.flatMap(({ network }) => (network === null ? [] : [network]))
  if (ids.length === 0) return []
  const rows = await db
    .selectFrom('network')
    .innerJoin('network_offering', 'network_offering.id', 'network.offering')
    .select(['network.id', 'network.name', 'network.cidr', 'network.gateway', 'network.networkdomain'])
    .select(['network.revision', 'network.acl'])
    .select(['network_offering.services', 'network_offering.egressdefaultpolicy', 'network_offering.networkmode'])
    .select(['network_offering.routingmode', 'network_offering.internetprotocol', 'network_offering.networkrate'])
    .select('network_offering.capabilities')
    .where('network.id', 'in', ids)
    .execute()
  return nics.flatMap(({ network, device }) =>
    rows
      .filter(({ id }) => id === network)
      .map(({ id, name, cidr, gateway, networkdomain, revision, acl, ...offering }) => ({
        ...addressed({ id, name, cidr, gateway }),
        networkdomain,
        revision,
        acl,
        device,
        offering,
      })),
  )
}

const readGuests = async (db: Kysely<Database>, networks: readonly RouterNetwork[]): Promise<RouterGuest[]> => {
  const { rows } = await sql<RouterGuest>`
    select guest.id, nic.id as nic, nic.network, guest.number, guest.name, guest.displayname, nic.mac::text,
           host(nic.address) as address, guest.userdata, service_offering.name as offering
    from nic
    join guest on guest.id = nic.guest
    join service_offering on service_offering.id = guest.offering
    where nic.network = any(${networks.map(({ id }) => id)}::uuid[])
      and guest.desired <> 'Expunged' and not nic.leaving and nic.mac is not null and nic.address is not null
    order by guest.number, nic.device`.execute(db)
  return rows
}

interface AddressRow {
  readonly id: string
  readonly address: string
  readonly network: string | null
  readonly is_source_nat: boolean
  readonly gateway: string
  readonly netmask: string
  readonly nic: string | null
  readonly target: string | null
  readonly via: string | null
}

/** An address is on the nic whose own address is of the same physical network and VLAN. */
const readAddresses = async (
  db: Kysely<Database>,
  owner: { readonly network: string | null; readonly vpc: string | null },
  nics: readonly RouterNic[],
): Promise<PublicAddress[]> => {
  const { rows } = await sql<AddressRow>`
    select public_ip.id, host(public_ip.address) as address, public_ip.network, public_ip.is_source_nat,
           host(range.gateway) as gateway, host(range.netmask) as netmask, target.id as nic,
           host(coalesce(public_ip.static_nat_address, target.address)) as target,
           (select nic.id from nic
            join public_ip other on other.id = nic.public_ip
            join vlan_range on vlan_range.id = other.range
            where nic.id = any(${nics.map(({ id }) => id)}::uuid[])
              and vlan_range.physical_network = range.physical_network and vlan_range.vlan = range.vlan
            order by nic.device limit 1) as via
    from public_ip
    join vlan_range range on range.id = public_ip.range
    left join nic target on target.id = public_ip.static_nat_nic
    where (public_ip.network = ${owner.network} or public_ip.vpc = ${owner.vpc}) and public_ip.release_revision is null
    order by public_ip.is_source_nat desc, public_ip.address`.execute(db)
  return rows.flatMap((row) => {
    const device = nics.find(({ id }) => id === row.via)?.device
    if (device === undefined) return []
    const { id, address, network, is_source_nat: isSourceNat, gateway, netmask, nic, target } = row
    const staticNat = nic === null || target === null ? null : { nic, address: target }
    return [{ id, address, network, isSourceNat, device, prefix: prefixOf(netmask), gateway, staticNat }]
  })
}

const readGateways = async (db: Kysely<Database>, nics: readonly RouterNic[]): Promise<RouterGateway[]> => {
  const ids = nics.flatMap(({ privateGateway }) => (privateGateway === null ? [] : [privateGateway]))
  if (ids.length === 0) return []
  const rows = await db
    .selectFrom('private_gateway')
    .select(['id', 'gateway', 'source_nat', 'acl'])
    .where('id', 'in', ids)
    .execute()
  return nics.flatMap(({ privateGateway, device, address, prefix }) =>
    rows
      .filter(({ id }) => id === privateGateway)
      .map(({ id, gateway, source_nat: sourceNat, acl }) => ({
        id,
        device,
        address,
        prefix,
        gateway,
        sourceNat,
        acl,
      })),
  )
}

/** Undefined when the router is gone. The caller's transaction is one snapshot: revisions and rows belong together. */
export const readBase = async (
  db: Kysely<Database>,
  routerId: string,
  mtu: number,
): Promise<RouterBase | undefined> => {
  const head = await readHead(db, routerId)
  if (head === undefined) return undefined
  const nics = await readNics(db, routerId)
  const networks = await readNetworks(db, nics)
  return {
    router: { id: head.id, number: head.number },
    zone: { id: head.zone, name: head.zonename, dns1: head.dns1, dns2: head.dns2 },
    vpc: head.vpc === null ? undefined : await readVpc(db, head.vpc),
    pair: await readPair(db, head, nics),
    networks,
    nics,
    guests: await readGuests(db, networks),
    addresses: await readAddresses(db, head, nics),
    gateways: await readGateways(db, nics),
    mtu,
  }
}
