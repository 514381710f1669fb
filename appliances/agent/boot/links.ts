import type { BootParameters } from './parameters.ts'

/** What `ip -json address` tells of a link (ip-address(8)); more is there than is read. */
export interface Link {
  readonly ifname: string
  readonly address?: string
  readonly flags: readonly string[]
  readonly link_type: string
  readonly addr_info?: readonly { readonly local: string; readonly prefixlen: number }[]
}

/** MAC addresses of nics that are not there (yet). */
export const missingNics = (links: readonly Link[], { nics }: BootParameters): string[] => {
  const present = new Set(links.map(({ address }) => address))
  return nics.filter(({ mac }) => !present.has(mac)).map(({ mac }) => mac)
}

/**
 * Lines for `ip -batch` that name the nics by MAC, bring loopback and the control nic up and put the control address
 * on it. Pure and idempotent: empty when the machine is so already, so a restarted agent disturbs nothing.
 */
export const linkCommands = (links: readonly Link[], { nics, control }: BootParameters): string[] => {
  const named = nics.map(({ mac, device }) => ({ device, link: links.find(({ address }) => address === mac) }))
  const wrong = named.flatMap(({ device, link }) =>
    link === undefined || link.ifname === device ? [] : [{ from: link.ifname, to: device }],
  )
  // Through a name that nothing else has, because eth0 and eth1 may have to change places.
  const renames = [
    ...wrong.flatMap(({ from }, index) => [`link set dev ${from} down`, `link set dev ${from} name sysvm-nic${index}`]),
    ...wrong.map(({ to }, index) => `link set dev sysvm-nic${index} name ${to}`),
  ]
  const loopback = links.find(({ link_type }) => link_type === 'loopback')
  const first = named[0]
  const isUp = (link: Link | undefined): boolean => link?.flags.includes('UP') ?? false
  const hasControl =
    first?.link?.addr_info?.some(({ local, prefixlen }) => `${local}/${prefixlen}` === control) ?? false
  const wasRenamed = first?.link?.ifname !== first?.device
  return [
    ...renames,
    ...(isUp(loopback) ? [] : ['link set dev lo up']),
    ...(first === undefined || hasControl ? [] : [`address add ${control} dev ${first.device}`]),
    ...(first === undefined || (isUp(first.link) && !wasRenamed) ? [] : [`link set dev ${first.device} up`]),
  ]
}
