/** What `ip -json address show` tells of a link (ip-address(8)); more is there than is read. */
export interface Link {
  readonly ifname: string
  readonly address?: string
  readonly mtu: number
  readonly flags: readonly string[]
  readonly addr_info?: readonly { readonly family: string; readonly local: string; readonly prefixlen: number }[]
}

/** What `ip -json -4 route show default` tells of a route. */
export interface Route {
  readonly gateway?: string
  readonly dev?: string
}

/** What the kernel has now. */
export interface Live {
  readonly links: readonly Link[]
  readonly defaults: readonly Route[]
}

export const addressesOf = (link: Link): readonly string[] =>
  (link.addr_info ?? [])
    .filter(({ family }) => family === 'inet')
    .map(({ local, prefixlen }) => `${local}/${prefixlen}`)
