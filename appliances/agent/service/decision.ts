/** A packet as one chain of the ruleset saw it. */
export interface TracedPacket {
  readonly in?: string
  readonly out?: string
  readonly source: string
  readonly destination: string
  readonly protocol: 'tcp' | 'udp' | 'icmp' | 'icmpv6'
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

/** What the kernel told of one packet. */
export interface Trace {
  /** In the order in which they were made, those that let the packet go on included. */
  readonly decisions: readonly Decision[]
  /** It came to the end of all chains: on its way out of the router, or into it. */
  readonly end?: 'forwarded' | 'delivered'
  /** As it was last seen. */
  readonly last?: TracedPacket
}

/** The first packet of a connection, or an echo request. */
export interface PacketFlow {
  /** IPv4 or IPv6, both of them. */
  readonly source: string
  readonly destination: string
  /** `icmp` of IPv6 addresses is ICMPv6. */
  readonly protocol: 'tcp' | 'udp' | 'icmp'
  readonly port?: number | undefined
}

/** Puts real packets into the machine as if a network had sent them. */
export interface Wire {
  /** What becomes of a packet. Nobody gets it, and no connection of it is remembered. */
  packet(flow: PacketFlow): Promise<Trace>
  /** A datagram from 0.0.0.0 port 68 to everybody's port 67, in by a device. */
  dhcp(device: string, message: Uint8Array): Promise<void>
}

/** Why, in the words of the service whose part of the ruleset it was. */
export interface Reason {
  readonly says: string
  /** The API's id of the rule that decided; absent where a default did. */
  readonly id?: string
}
