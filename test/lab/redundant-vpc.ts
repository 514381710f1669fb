import type { RouterBase, RouterNetwork } from '@sysvm/manager/orchestration/router/base'
import { LINK } from '@sysvm/manager/orchestration/router/link'
import { routerSpec } from '@sysvm/manager/orchestration/router/spec'
import type { RouterServices } from '@sysvm/router/spec'
import { base, nic, offering, state } from '../unit/manager/orchestration/router/state.ts'
import type { Namespace } from './namespace.ts'
import { BRIDGES, realSpec } from './real-router.ts'
import { openTwo, type Pair, type Ranked, second } from './redundant.ts'
import { macs } from './router/spec.ts'

/** Public addresses: the one guests leave by, one to one, of forwarded ports, of the load balancer. */
export const PUBLIC = {
  source: '198.51.100.5',
  static: '198.51.100.6',
  forwards: '198.51.100.7',
  balanced: '198.51.100.8',
} as const

/** Devices beside those that every router of the lab has. */
const LINK_WIRE = { device: 'eth3', bridge: 'brlink' } as const

interface Tier {
  readonly id: string
  readonly number: number
  readonly device: string
  readonly bridge: string
}

const WEB: Tier = { id: 'web', number: 1, device: 'eth1', bridge: BRIDGES.guest }
const DATA: Tier = { id: 'data', number: 2, device: 'eth4', bridge: 'brdata' }
/** It comes and goes. */
const LATE: Tier = { id: 'late', number: 3, device: 'eth5', bridge: 'brlate' }

/** Of a tier's one guest. */
const guestAddress = ({ number }: Tier): string => `10.1.${number}.10`
export const GUESTS = { web: guestAddress(WEB), data: guestAddress(DATA), late: guestAddress(LATE) } as const

/** What of a VPC differs from one document to the next. */
export interface VpcChanges {
  /** Of the public address of forwarded ports, to the guest of the second tier. */
  readonly port: number
  /** That the second tier's ACL lets in. */
  readonly allowed: number
  /** Whether it has its third tier. */
  readonly late: boolean
}

/** The second router's is another one. */
const macOf = (rank: 'first' | 'second', { id, number }: Pick<Tier, 'id' | 'number'>): string =>
  id === WEB.id ? (rank === 'first' ? macs : second).guest : `02:00:0a:01:0${number}:0${rank === 'first' ? 1 : 2}`
const linkMac = (rank: 'first' | 'second'): string => macOf(rank, { id: 'link', number: 9 })

const virtualRouter = ['VirtualRouter']
const services = Object.fromEntries(
  ['Dhcp', 'Dns', 'SourceNat', 'UserData', 'NetworkACL', 'StaticNat', 'PortForwarding', 'Lb'].map((name) => [
    name,
    virtualRouter,
  ]),
)

const networkOf = ({ id, number, device }: Tier): RouterNetwork => ({
  ...{ id, name: id, device, acl: id, revision: 1, networkdomain: 'shop.internal' },
  ...{ cidr: `10.1.${number}.0/24`, gateway: `10.1.${number}.1` },
  offering: { ...offering, services },
})

const publicAddress = (id: keyof typeof PUBLIC) => ({
  ...{ id, address: PUBLIC[id], network: null, isSourceNat: id === 'source' },
  ...{ device: 'eth2', prefix: 24, gateway: '198.51.100.1' },
  staticNat: id === 'static' ? { nic: DATA.id, address: GUESTS.data } : null,
})

const tiersOf = ({ late }: VpcChanges): readonly Tier[] => [WEB, DATA, ...(late ? [LATE] : [])]

const baseOf = (rank: 'first' | 'second', changes: VpcChanges): RouterBase => {
  const own = rank === 'first' ? 2 : 3
  const peer = rank === 'first' ? 'second' : 'first'
  const tiers = tiersOf(changes)
  return {
    ...base,
    vpc: {
      ...{ id: 'vpc', name: 'shop', cidr: '10.1.0.0/16', networkdomain: 'shop.internal', revision: 1 },
      offering: { services, networkmode: 'NATTED', routingmode: null },
    },
    pair: {
      ...{ rank, device: LINK_WIRE.device, first: 5 },
      peer: { address: LINK[peer], mac: linkMac(peer) },
    },
    networks: tiers.map(networkOf),
    nics: [
      ...base.nics.slice(0, 1),
      {
        ...{ ...nic, id: 'public', role: 'public', device: 'eth2', address: PUBLIC.source, gateway: '198.51.100.1' },
        mac: (rank === 'first' ? macs : second).public,
      },
      {
        ...{ ...nic, id: 'link', role: 'link', device: LINK_WIRE.device, prefix: 29, mac: linkMac(rank) },
        ...{ address: LINK.shared, own: LINK[rank] },
      },
      ...tiers.map((tier) => ({
        ...{ ...nic, id: `r-${tier.id}`, role: 'guest' as const, network: tier.id, device: tier.device },
        ...{ mac: macOf(rank, tier), address: `10.1.${tier.number}.1`, own: `10.1.${tier.number}.${own}` },
      })),
    ],
    guests: tiers.map((tier) => ({
      ...{ id: `guest-${tier.id}`, nic: tier.id, network: tier.id, number: tier.number, name: `vm-${tier.id}` },
      ...{ displayname: '', mac: `02:00:00:00:00:0${tier.number}`, address: guestAddress(tier) },
      ...{ userdata: null, offering: 'Small Instance' },
    })),
    addresses: (['source', 'static', 'forwards', 'balanced'] as const).map(publicAddress),
  }
}

const item = (list: string, traffictype: 'Ingress' | 'Egress', protocol: string, port?: number, end = port) => ({
  ...{ id: `${list}-${traffictype}-${protocol}-${port ?? 'all'}`, list, number: 1, action: 'Allow', traffictype },
  ...{ protocol, startport: port ?? null, endport: end ?? null, icmptype: null, icmpcode: null },
  ...{ cidrlist: [], reason: null, created: new Date(0) },
})

const rowsOf = ({ port, allowed }: VpcChanges) => ({
  acl: [
    ...[WEB, DATA, LATE].flatMap(({ id }) => [item(id, 'Ingress', 'icmp'), item(id, 'Egress', 'all')]),
    item(WEB.id, 'Ingress', 'tcp', 80),
    item(DATA.id, 'Ingress', 'tcp', 7001, 7002),
    item(DATA.id, 'Ingress', 'tcp', allowed),
  ],
  nat: [7001, port].map((first) => ({
    ...{ id: `forward-${first}`, publicip: 'forwards', protocol: 'tcp', first, last: first, private_port: 7001 },
    ...{ nic: DATA.id, guest_address: null, cidrs: [] },
  })),
  loadbalancer: {
    ...{ assigned: [], certificates: [], maxConnections: 4096, idleMs: 0 },
    statistics: { visibility: 'disabled', uri: '/', port: 8081, auth: '' },
    rules: [
      {
        ...{ id: 'files', network: WEB.id, address: PUBLIC.balanced, source_network: null, source_address: null },
        ...{ protocol: 'tcp', algorithm: 'roundrobin', public_port: 80, private_port: 8080 },
        ...{ cidrs: ['0.0.0.0/0'], limits: {}, timeouts: {}, method: null, params: null, check: null },
      },
    ],
    members: [{ rule: 'files', nic: WEB.id, secondary: null, address: null }],
  },
})

/** The document that the manager makes of such a VPC. */
export const vpcSpec = (rank: 'first' | 'second', changes: VpcChanges): RouterServices =>
  realSpec(
    routerSpec(state(baseOf(rank, changes), rowsOf(changes)), 1).services as RouterServices,
    rank === 'first' ? 5 : 6,
  )

/** Two routers of a VPC; the guest of `Pair` is that of its first tier. */
export interface VpcPair extends Pair {
  readonly data: Namespace
  readonly late: Namespace
}

/** Two routers of a VPC with a guest in each of its tiers, on one host. */
export const openVpcPair = async (name: string, changes: VpcChanges): Promise<VpcPair> => {
  const further: Ranked<readonly { mac: string; bridge: string; device: string }[]> = (rank) => [
    { ...LINK_WIRE, mac: linkMac(rank) },
    ...[DATA, LATE].map((tier) => ({ mac: macOf(rank, tier), bridge: tier.bridge, device: tier.device })),
  ]
  const pair = await openTwo({
    name,
    specs: (rank) => vpcSpec(rank, changes),
    nics: further,
    wires: (rank) => ({
      hearing: { mac: linkMac(rank), bridge: LINK_WIRE.bridge },
      tiers: [WEB, DATA, LATE].map((tier) => ({ mac: macOf(rank, tier), bridge: tier.bridge })),
    }),
  })
  const guestOf = async (tier: Tier): Promise<Namespace> => {
    const at = await pair.lab.namespace(tier.id)
    await pair.lab.link(
      { at, device: 'eth0', address: `${guestAddress(tier)}/24` },
      { at: pair.one.host.namespace, device: `to-${tier.id}`, bridge: tier.bridge },
    )
    await at.route('default', `10.1.${tier.number}.1`)
    return at
  }
  return { ...pair, data: await guestOf(DATA), late: await guestOf(LATE) }
}
