import type { BootParameters } from './parameters.ts'
import { renameCommands } from './rename.ts'

/** What `ip -json address` tells of a link (ip-address(8)); more is there than is read. */
export interface Link {
  readonly ifname: string
  readonly address?: string
  readonly flags: readonly string[]
  readonly link_type: string
  readonly addr_info?: readonly { readonly local: string; readonly prefixlen: number }[]
}

/** The control nic's MAC address while it is not there. Any other may have been unplugged since the machine booted. */
export const missingControl = (links: readonly Link[], { nics }: BootParameters): string | undefined => {
  const mac = nics[0]?.mac
  return links.some(({ address }) => address === mac) ? undefined : mac
}

/**
 * Lines for `ip -batch` that name the nics by MAC, bring loopback and the control nic up and put the control address
 * on it. Pure and idempotent: empty when the machine is so already, so a restarted agent disturbs nothing.
 */
export const linkCommands = (links: readonly Link[], { nics, control }: BootParameters): string[] => {
  const named = nics.map(({ mac, device }) => ({ device, link: links.find(({ address }) => address === mac) }))
  const loopback = links.find(({ link_type }) => link_type === 'loopback')
  const first = named[0]
  const isUp = (link: Link | undefined): boolean => link?.flags.includes('UP') ?? false
  const hasControl =
    first?.link?.addr_info?.some(({ local, prefixlen }) => `${local}/${prefixlen}` === control) ?? false
  const wasRenamed = first?.link?.ifname !== first?.device
  return [
    ...renameCommands(links, nics),
    ...(isUp(loopback) ? [] : ['link set dev lo up']),
    ...(first === undefined || hasControl ? [] : [`address add ${control} dev ${first.device}`]),
    ...(first === undefined || (isUp(first.link) && !wasRenamed) ? [] : [`link set dev ${first.device} up`]),
  ]
}
