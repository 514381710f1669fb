import type { Verdict } from '../model.ts'

/** A rule of an ordered list, of which the first one that matches a packet decides. What is absent matches everything. */
export interface FirstMatchRule {
  /** Protocol name or number, as in `-p`. */
  readonly protocol?: string | number
  /** Port or `first-last`; wants `protocol` tcp or udp. */
  readonly destinationPort?: number | string
  /** 0 to 255; wants `protocol` icmp or icmpv6. */
  readonly icmpType?: number
  /** 0 to 255; wants `icmpType`. */
  readonly icmpCode?: number
  /** Addresses, `address/prefix` or `first-last`, any of them; those of one family match packets of that family only. */
  readonly source?: readonly string[]
  readonly destination?: readonly string[]
  readonly verdict: Verdict
  /**
   * The rule's own number, ascending in the list, below 2 ** 32 - 2. Where all rules have one, a rule more or less never
   * changes what is written for the others.
   */
  readonly number?: number
}

/** What a first-match list looks at in a packet. */
export interface Packet {
  readonly source: string
  readonly destination: string
  readonly protocol: string | number
  /** Of tcp and udp. */
  readonly destinationPort?: number
  /** Of icmp and icmpv6. */
  readonly icmpType?: number
  readonly icmpCode?: number
}
