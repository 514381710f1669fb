import { GUEST_LINK_LOCAL, type Interface6 } from './sides.ts'
import type { Ipv6Spec } from './spec.ts'

/** What `ip -json -6 address show` tells of a link (ip-address(8)); more is there than is read. */
export interface Link6 {
  readonly ifname: string
  readonly addr_info?: readonly { readonly local: string; readonly prefixlen: number; readonly scope: string }[]
}

/** What the kernel has now. */
export interface Live6 {
  readonly links: readonly Link6[]
  readonly defaults: readonly { readonly gateway?: string; readonly dev?: string }[]
}

/** Those towards guests have the router's link-local one too. */
export const wantedAddresses = ({ addresses, advertisement }: Interface6): readonly string[] =>
  advertisement === undefined ? addresses : [...addresses, `${GUEST_LINK_LOCAL}/64`]

/** The link-local address that the kernel makes itself stays. */
const liveAddresses = (link: Link6 | undefined): readonly string[] =>
  (link?.addr_info ?? [])
    .filter(({ local, scope }) => scope === 'global' || local === GUEST_LINK_LOCAL)
    .map(({ local, prefixlen }) => `${local}/${prefixlen}`)

const deviceCommands = (nic: Interface6, live: Live6): readonly string[] => {
  const have = liveAddresses(live.links.find(({ ifname }) => ifname === nic.device))
  const wanted = wantedAddresses(nic)
  return [
    ...have.filter((cidr) => !wanted.includes(cidr)).map((cidr) => `address del ${cidr} dev ${nic.device}`),
    // The manager sees to it that an address is given once; a second of doubt would be one without service.
    ...wanted.filter((cidr) => !have.includes(cidr)).map((cidr) => `address add ${cidr} dev ${nic.device} nodad`),
  ]
}

const routeCommands = ({ gateway }: Ipv6Spec, { defaults }: Live6): readonly string[] => {
  const routes = defaults.flatMap((route) => (route.gateway === undefined ? [] : [route.gateway]))
  const gone = routes.filter((via) => via !== gateway).map((via) => `route del default via ${via}`)
  return gateway === undefined || routes.includes(gateway) ? gone : [...gone, `route add default via ${gateway}`]
}

/** Lines for `ip -6 -batch` that turn what the kernel has into what the spec says; none when it is so already. Pure. */
export const convergeCommands = (spec: Ipv6Spec, live: Live6): readonly string[] => [
  ...spec.interfaces.flatMap((nic) => deviceCommands(nic, live)),
  ...routeCommands(spec, live),
]
