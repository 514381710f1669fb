/** A packet as one chain of the ruleset saw it. */
export interface TracedPacket {
  readonly in?: string
  readonly out?: string
  readonly source: string
  readonly destination: string
  readonly protocol: 'tcp' | 'udp' | 'icmp'
  readonly sourcePort?: number
  readonly destinationPort?: number
  readonly icmpType?: number
  readonly icmpCode?: number
}

/** What a rule or a policy of the ruleset did to a packet, as the kernel tells it. */
export interface Decision {
  /** Family and name: `inet sysvm_filter`. */
  readonly table: string
  readonly chain: string
  /** The kernel's words for the rule; empty for a policy. */
  readonly rule: string
  /** `accept`, `drop`, `return`, `jump NAME`, `goto NAME`, `continue`. */
  readonly verdict: string
  readonly packet: TracedPacket
}

/** Why, in the words of the service whose part of the ruleset it was. */
export interface Reason {
  readonly says: string
  /** The API's id of the rule that decided; absent where a default did. */
  readonly id?: string
}
