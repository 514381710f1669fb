import { contains, contains6 } from '@sysvm/agent/spec'
import type { RouterServices } from '@sysvm/router/spec'
import { type Kysely, sql } from 'kysely'
import { accountOfScope } from '../../../model/bgppeer.ts'
import type { Database } from '../../../model/database.ts'
import { isDedicatedTo } from '../../../model/dedication.ts'
import { type RouterBase, sourceNatAddress } from '../base.ts'
import type { RouterPart, Secrets } from './part.ts'
import { dualStacked, readNetworkNames } from './resolvers.ts'

type Routing = NonNullable<RouterServices['routing']>
type Peer = NonNullable<Routing['bgp']>['peers'][number]

interface Route {
  readonly cidr: string
  readonly private_gateway: string | null
  readonly nexthop: string | null
}

interface PeerRow {
  readonly id: string
  readonly ipaddress: string | null
  readonly ip6address: string | null
  readonly asn: number
  readonly password: string | undefined
  readonly details: Readonly<Record<string, string>>
}

interface Rows {
  readonly routes: readonly Route[]
  /** Number of the router's own autonomous system. */
  readonly asn: number | undefined
  readonly peers: readonly PeerRow[]
  /** IPv6 networks of guests, and of the public side. */
  readonly inside6: readonly string[]
  readonly outside6: readonly string[]
}

const readRoutes = async (db: Kysely<Database>, { vpc }: RouterBase): Promise<readonly Route[]> =>
  vpc === undefined
    ? []
    : db
        .selectFrom('static_route')
        .select(['cidr', 'private_gateway', sql<string | null>`host(nexthop)`.as('nexthop')])
        .where('vpc', '=', vpc.id)
        .orderBy('cidr')
        .execute()

/** A network or VPC whose routes are dynamic; undefined where they are not. */
const dynamicScope = ({
  vpc,
  networks,
}: RouterBase): { readonly kind: 'network' | 'vpc'; readonly id: string } | undefined => {
  if (vpc !== undefined) return vpc.offering.routingmode === 'Dynamic' ? { kind: 'vpc', id: vpc.id } : undefined
  const dynamic = networks.find(({ offering }) => offering.routingmode === 'Dynamic')
  return dynamic && { kind: 'network', id: dynamic.id }
}

/** The peers that the scope names, or those of its zone that are nobody's own or its owner's. */
const readPeers = async (
  db: Kysely<Database>,
  zone: string,
  scope: { readonly kind: 'network' | 'vpc'; readonly id: string },
  secrets: Secrets,
): Promise<readonly PeerRow[]> => {
  const { rows } = await sql<Omit<PeerRow, 'asn' | 'password'> & { asnumber: string; password: string | null }>`
    with own as (select peer from bgp_peer_scope where ${sql.ref(`bgp_peer_scope.${scope.kind}`)} = ${scope.id})
    select id, host(ipaddress) as ipaddress, host(ip6address) as ip6address, asnumber::text, password, details
    from bgp_peer
    where zone = ${zone}
      and case when exists (select from own) then id in (select peer from own) else not dedicated or ${isDedicatedTo('bgp_peer', accountOfScope(scope))} end
    order by created, id`.execute(db)
  return rows.map(({ asnumber, password, ...peer }) => ({
    ...peer,
    asn: Number(asnumber),
    password: password === null ? undefined : secrets.unseal(`bgppeer/${peer.id}`, password),
  }))
}

const readNetworks6 = async (db: Kysely<Database>, base: RouterBase): Promise<Pick<Rows, 'inside6' | 'outside6'>> => {
  const names = await readNetworkNames(db, base)
  const { rows } = await sql<{ cidr: string }>`
    select distinct side.ip6cidr::text as cidr
    from nic
    join public_ip on public_ip.id = nic.public_ip
    join vlan_side6 side on side.range = public_ip.range
    where nic.router = ${base.router.id}`.execute(db)
  return {
    inside6: dualStacked(base, names).map(({ names: { ip6cidr } }) => ip6cidr),
    outside6: rows.map(({ cidr }) => cidr),
  }
}

const read = async (db: Kysely<Database>, base: RouterBase, secrets: Secrets): Promise<Rows> => {
  const scope = dynamicScope(base)
  const routes = await readRoutes(db, base)
  if (scope === undefined) return { routes, asn: undefined, peers: [], inside6: [], outside6: [] }
  const own = await db.selectFrom('as_number').select('asn').where(scope.kind, '=', scope.id).executeTakeFirst()
  return {
    routes,
    asn: own && Number(own.asn),
    peers: await readPeers(db, base.zone.id, scope, secrets),
    ...(await readNetworks6(db, base)),
  }
}

/** A route whose way the machine does not have yet comes with it. */
const staticOf = (base: RouterBase, { routes }: Rows): Routing['static'] =>
  routes.flatMap(({ cidr: network, private_gateway, nexthop }) => {
    const via = nexthop ?? base.gateways.find(({ id }) => id === private_gateway)?.gateway
    const near = [
      ...base.networks.map(({ cidr }) => cidr),
      ...base.gateways.map(({ address, prefix }) => `${address}/${prefix}`),
    ]
    if (via === undefined || !near.some((cidr) => contains(cidr, via))) return []
    // Of two routers one alone has what it takes to reach the next hop.
    const own = base.nics.some((nic) => nic.own !== undefined && contains(`${nic.own}/${nic.prefix}`, via))
    return [{ network, via, ...(base.pair === undefined || own ? {} : { shared: true as const }) }]
  })

const number = (text: string | undefined, from: number, to: number): number | undefined => {
  const value = /^\d{1,6}$/.test(text ?? '') ? Number(text) : undefined
  return value === undefined || value < from || value > to ? undefined : value
}

const sessionsOf = (base: RouterBase, own: number, peer: PeerRow, { inside6, outside6 }: Rows): readonly Peer[] => {
  const { ipaddress, ip6address, asn, password, details } = peer
  const publics = base.nics.filter(({ role }) => role === 'public')
  const near = (address: string): boolean => publics.some((nic) => contains(`${nic.address}/${nic.prefix}`, address))
  const holdSeconds = number(details.HoldTime, 3, 65_535) ?? 180
  const session = (address: string, next: boolean): Peer => ({
    address,
    asn,
    ...(password === undefined ? {} : { password }),
    // A peer that is no neighbour is never reached in one hop.
    multihop: Math.max(number(details.EBGP_MultiHop, 1, 255) ?? 1, next || asn === own ? 1 : 2),
    holdSeconds,
    import: importOf(details.Import),
    maximumPrefixes: number(details.MaximumPrefixes, 1, 999_999) ?? 1000,
  })
  return [
    ...(ipaddress === null ? [] : [session(ipaddress, near(ipaddress))]),
    // Without IPv6 inside, the router has none outside.
    ...(ip6address === null || inside6.length === 0
      ? []
      : [
          session(
            ip6address,
            outside6.some((cidr) => contains6(cidr, ip6address)),
          ),
        ]),
  ]
}

const importOf = (word: string | undefined): Peer['import'] => (word === 'none' || word === 'all' ? word : 'default')

/** Networks that are reached untranslated. */
const advertised = ({ networks }: RouterBase): string[] =>
  networks.filter(({ offering }) => offering.networkmode === 'ROUTED').map(({ cidr }) => cidr)

const bgpOf = (base: RouterBase, rows: Rows): Routing['bgp'] => {
  const { asn, peers, inside6 } = rows
  const routerId = sourceNatAddress(base)?.address
  if (asn === undefined || routerId === undefined) return undefined
  const sessions = peers.flatMap((peer) => sessionsOf(base, asn, peer, rows))
  return sessions.length === 0
    ? undefined
    : { asn, routerId, advertise: [...advertised(base), ...inside6], peers: sessions }
}

/** Static routes of a VPC, and the BGP sessions of routed networks. */
export const routing: RouterPart<'routing', Rows> = {
  name: 'routing',
  read,
  spec: (base, rows) => {
    const routes = staticOf(base, rows)
    const bgp = bgpOf(base, rows)
    return routes.length === 0 && bgp === undefined
      ? undefined
      : { static: routes, ...(bgp === undefined ? {} : { bgp }) }
  },
}
