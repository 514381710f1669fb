import { renameCommands } from '@sysvm/agent/boot/rename'
import { contains } from '@sysvm/agent/spec'
import { addressOf, CONTROL_NETWORK } from '../whole.ts'
import { addressesOf, type Link, type Live, type Policy } from './live.ts'
import { policyCommands, policyOf } from './policy.ts'
import { governedAddresses, hostAddresses, isRedundant, isShared, loopbackCommands, wantedAddresses } from './shared.ts'
import type { InterfacesSpec } from './spec.ts'

const noPolicy: Policy = { rules: [], tables: new Map() }

type Nic = InterfacesSpec['interfaces'][number]

/** Whether two addresses are on the same network. */
const areOfOne = (one: string, other: string): boolean => contains(one, addressOf(other))

const addressCommands = (nic: Nic, link: Link): readonly string[] => {
  const live = new Set(governedAddresses(nic, link))
  const wanted = new Set(wantedAddresses(nic))
  const [primary] = wanted
  // The kernel prefers the oldest address of a network as source, so a new primary one must be there before the others.
  const oldest = [...live].find((address) => wanted.has(address) && primary !== undefined && areOfOne(primary, address))
  const remade = oldest !== undefined && oldest !== primary
  const removed = [...live].filter((address) => remade || !wanted.has(address))
  const added = [...wanted].filter((address) => remade || !live.has(address))
  return [
    ...removed.map((address) => `address del ${address} dev ${nic.device}`),
    ...added.map((address) => `address add ${address} dev ${nic.device}`),
  ]
}

/**
 * The agent's own boot step made the control device what it is, and touching it can cut the manager off: its
 * link-local addresses stay. A device that an undone generation took for another one is brought back, though.
 */
const controlCommands = (nic: Nic, link: Link): readonly string[] => {
  const live = addressesOf(link)
  const foreign = live.filter(
    (address) => !nic.addresses.includes(address) && !contains(CONTROL_NETWORK, addressOf(address)),
  )
  return [
    ...nic.addresses
      .filter((address) => !live.includes(address))
      .map((address) => `address add ${address} dev ${nic.device}`),
    ...foreign.map((address) => `address del ${address} dev ${nic.device}`),
  ]
}

const nicCommands = (nic: Nic, link: Link): readonly string[] => {
  const mtu = nic.mtu === undefined || nic.mtu === link.mtu ? [] : [`link set dev ${nic.device} mtu ${nic.mtu}`]
  const up = link.flags.includes('UP') ? [] : [`link set dev ${nic.device} up`]
  const addresses = nic.role === 'control' ? controlCommands(nic, link) : addressCommands(nic, link)
  return [...mtu, ...addresses, ...up]
}

/**
 * Two routers have one way out: keepalived has it on the primary, with the addresses that it is for. One that served alone
 * keeps what it has.
 */
const policyFor = (spec: InterfacesSpec, live: Policy): Policy => {
  const { rules, tables } = policyOf(spec)
  if (!isRedundant(spec)) return { rules, tables }
  return { rules, tables: new Map([...tables].filter(([table, route]) => live.tables.get(table) === route)) }
}

/** `lost`: a device lost its last address for a moment, and with it the kernel dropped every route over it. */
const routeCommands = (spec: InterfacesSpec, { defaults }: Live, lost: boolean): readonly string[] => {
  if (isRedundant(spec)) return []
  const { gateway } = spec
  const routes = defaults.filter((route) => route.gateway !== undefined)
  if (gateway === undefined) return routes.map((route) => `route del default via ${route.gateway}`)
  const there = routes.length === 1 && routes[0]?.gateway === gateway
  return there && !lost ? [] : [`route replace default via ${gateway}`]
}

/** Devices of the spec whose MAC address no link has. */
export const missingDevices = ({ interfaces }: InterfacesSpec, { links }: Live): readonly string[] =>
  interfaces.filter(({ mac }) => !links.some(({ address }) => address === mac)).map(({ device }) => device)

/**
 * Lines for `ip -batch` that turn what the kernel has into what the spec says; none when it is so already. Pure.
 * Addresses that the spec does not name are removed; the control device keeps its own.
 */
export const convergeCommands = (spec: InterfacesSpec, live: Live): readonly string[] => {
  const nics = spec.interfaces.flatMap((nic) => {
    const link = live.links.find(({ address }) => address === nic.mac)
    if (link === undefined) return []
    const renamed = link.ifname !== nic.device && nic.role !== 'control'
    const commands = nicCommands(nic, renamed ? { ...link, flags: [] } : link)
    const removed = commands.filter((command) => command.startsWith('address del ')).length
    return [{ commands, lost: removed > 0 && removed === addressesOf(link).length }]
  })
  const lost = nics.some((nic) => nic.lost)
  const policy = live.policy ?? noPolicy
  // The agent's own boot step names it.
  const control = spec.interfaces.find(({ role }) => role === 'control')
  return [
    ...renameCommands(
      live.links.filter(({ address }) => address !== control?.mac),
      spec.interfaces.filter((nic) => nic !== control),
    ),
    ...nics.flatMap(({ commands }) => commands),
    ...loopbackCommands(spec, live),
    ...routeCommands(spec, live, lost),
    ...policyCommands(policyFor(spec, policy), policy, lost && !isRedundant(spec)),
  ]
}

/**
 * Lines that take from a device all that made it a router's: for one that left the spec, and for every one but the
 * control device when the whole service is off. It must not go on answering for addresses that may be another's now.
 */
export const releaseCommands = (
  before: InterfacesSpec | undefined,
  after: InterfacesSpec | undefined,
  { links }: Live,
): readonly string[] => [
  ...(before?.interfaces ?? [])
    .filter(({ role }) => role !== 'control')
    .flatMap((nic) => {
      const next = after?.interfaces.find(({ mac }) => mac === nic.mac)
      // keepalived, which still has it, would take this for a fault of its router: it lets go of it first.
      if (next === undefined && after !== undefined && isShared(nic) && isRedundant(after)) return []
      if (next !== undefined) return []
      return links
        .filter(({ address }) => address === nic.mac)
        .flatMap(({ ifname }) => [`address flush dev ${ifname}`, `link set dev ${ifname} down`])
    }),
  ...(before !== undefined && after === undefined && isRedundant(before)
    ? hostAddresses(before).map((address) => `address del ${address} dev lo`)
    : []),
]
