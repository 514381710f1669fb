/** What `ip -json address show` tells of a link (ip-address(8)); more is there than is read. */
export interface Link {
  readonly ifname: string
  readonly address?: string
  readonly mtu: number
  readonly flags: readonly string[]
  readonly addr_info?: readonly { readonly family: string; readonly local: string; readonly prefixlen: number }[]
}

/** What `ip -json -4 route show default table all` tells of a route. */
export interface Route {
  readonly gateway?: string
  readonly dev?: string
  /** A number or name; absent for the main table. */
  readonly table?: string
  /** Absent for a route that was made by hand or by us. */
  readonly protocol?: string
}

/** Routing policy, in canonical words: lines of ip-rule(8), and the default route of each table by its number. */
export interface Policy {
  readonly rules: readonly string[]
  readonly tables: ReadonlyMap<string, string>
}

/** What the kernel has now. */
export interface Live {
  readonly links: readonly Link[]
  /** Of the main table. */
  readonly defaults: readonly Route[]
  /** That of several uplinks; none unless told. */
  readonly policy?: Policy
}

export const addressesOf = (link: Link): readonly string[] =>
  (link.addr_info ?? [])
    .filter(({ family }) => family === 'inet')
    .map(({ local, prefixlen }) => `${local}/${prefixlen}`)
