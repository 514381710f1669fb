/** A whole ruleset, the unit that is rendered, checked, diffed and applied. */
export interface Ruleset {
  readonly tables: readonly Table[]
}

export interface Table {
  readonly family: 'ip' | 'ip6' | 'inet' | 'arp' | 'bridge' | 'netdev'
  readonly name: string
}
