/** A whole ruleset, the unit that is compiled, checked, diffed and applied. */
export interface Ruleset {
  readonly tables: readonly Table[]
}

export type Family = 'ip' | 'ip6' | 'inet'

export interface Table {
  readonly family: Family
  readonly name: string
  /** Named counters: they keep counting while the rules that use them are replaced. */
  readonly counters?: readonly string[]
  readonly sets?: readonly NamedSet[]
  readonly maps?: readonly NamedMap[]
  readonly chains?: readonly Chain[]
  /** Only in what `list` returns: objects this library has no words for. A diff replaces such a table as a whole. */
  readonly foreign?: readonly string[]
}

export interface Chain {
  readonly name: string
  /** Where the kernel calls it; without one it is reached by JUMP and GOTO only. */
  readonly hook?: Hook
  readonly rules: readonly Rule[]
}

export type Priority = number | 'raw' | 'mangle' | 'dstnat' | 'filter' | 'security' | 'srcnat'

export interface Hook {
  readonly type: 'filter' | 'nat' | 'route'
  readonly at: 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting'
  /** Lower runs earlier; the names are nft's. */
  readonly priority: Priority
  /** What happens to a packet that no rule decided; `accept` unless told. */
  readonly policy?: 'accept' | 'drop'
}

/** One rule. Every field that is given must match; `jump` says what happens then. */
export interface Rule {
  /** Device the packet came in by; a trailing `*` is a wildcard. */
  readonly in?: Matcher<string>
  readonly out?: Matcher<string>
  readonly sourceMac?: Matcher<string>
  /** Address, `address/prefix` or `first-last`. */
  readonly source?: Matcher<string>
  readonly destination?: Matcher<string>
  /** Protocol name or number, as in `-p`. */
  readonly protocol?: Matcher<string | number>
  /** Port or `first-last`; wants `protocol`. */
  readonly sourcePort?: Matcher<number | string>
  readonly destinationPort?: Matcher<number | string>
  readonly icmpType?: Matcher<IcmpType>
  readonly icmpv6Type?: Matcher<Icmpv6Type>
  /** Any of these, as in `-m conntrack --ctstate`. */
  readonly state?: ConnectionState | readonly ConnectionState[]
  /** Any of these, as in `--ctstatus`. */
  readonly status?: ConnectionStatus | readonly ConnectionStatus[]
  /** Number or `first-last`. */
  readonly mark?: Matcher<number | string>
  readonly connectionMark?: Matcher<number>
  /** What the routing table says of the address, as in `-m addrtype`. */
  readonly sourceType?: Matcher<AddressType>
  readonly destinationType?: Matcher<AddressType>
  /** Whether the source would be routed back by the device it came from, as in `-m rpfilter`. */
  readonly reversePath?: 'valid' | 'missing'
  /** Whether the packet came out of IPsec, as in `-m policy --dir in`. */
  readonly policyIn?: 'ipsec' | 'none'
  /** Whether the packet will leave in IPsec, as in `-m policy --dir out`; where packets are routed already. */
  readonly policyOut?: 'ipsec' | 'none'
  /** Several fields at once against a set with a concatenated key, as in `-m set`. */
  readonly lookup?: Lookup
  readonly limit?: Limit
  /** Kernel log prefix. */
  readonly log?: string
  /** `true`: the rule's own; a name: one of the table's. */
  readonly counter?: true | string
  readonly jump?: Jump
  readonly comment?: string
  /** Only in what `list` returns: a rule this library has no words for, as nft's JSON has it. */
  readonly foreign?: string
}

/** A value, any of several, none of them, or the members of a named set of the same table. */
export type Matcher<T> =
  | T
  | readonly T[]
  | { readonly not: T | readonly T[] }
  | { readonly set: string }
  | { readonly notSet: string }

/** What can be part of a concatenated key. */
export type Field =
  | 'in'
  | 'out'
  | 'sourceMac'
  | 'source'
  | 'destination'
  | 'protocol'
  | 'sourcePort'
  | 'destinationPort'
  | 'mark'
  | 'connectionMark'

export interface Lookup {
  readonly key: readonly Field[]
  readonly set: string
  readonly not?: true
}

export interface Limit {
  readonly rate: number
  readonly per: 'second' | 'minute' | 'hour' | 'day'
  /** Packets; 5 unless told, as the kernel has it. */
  readonly burst?: number
  /** Matches what exceeds the rate instead of what is within. */
  readonly over?: true
}

export type ConnectionState = 'invalid' | 'established' | 'related' | 'new' | 'untracked'
export type ConnectionStatus = 'snat' | 'dnat'
export type AddressType =
  | 'unspec'
  | 'unicast'
  | 'local'
  | 'broadcast'
  | 'anycast'
  | 'multicast'
  | 'blackhole'
  | 'unreachable'
  | 'prohibit'
export type IcmpType =
  | 'echo-reply'
  | 'destination-unreachable'
  | 'source-quench'
  | 'redirect'
  | 'echo-request'
  | 'router-advertisement'
  | 'router-solicitation'
  | 'time-exceeded'
  | 'parameter-problem'
  | 'timestamp-request'
  | 'timestamp-reply'
export type Icmpv6Type =
  | 'destination-unreachable'
  | 'packet-too-big'
  | 'time-exceeded'
  | 'parameter-problem'
  | 'echo-request'
  | 'echo-reply'
  | 'nd-router-solicit'
  | 'nd-router-advert'
  | 'nd-neighbor-solicit'
  | 'nd-neighbor-advert'
  | 'nd-redirect'
  | 'mld-listener-query'
  | 'mld-listener-report'
  | 'mld-listener-done'
  | 'mld2-listener-report'

/** Targets without parameters may be written as a bare word. */
export type Word = 'ACCEPT' | 'DROP' | 'RETURN' | 'REJECT' | 'MASQUERADE' | 'NOTRACK' | 'SAVE_MARK' | 'RESTORE_MARK'

export type Jump =
  | Word
  | { readonly target: 'REJECT'; readonly with: RejectWith }
  | { readonly target: 'DNAT'; readonly to: Translation }
  | { readonly target: 'SNAT'; readonly to: Translation }
  /** To this machine itself. */
  | { readonly target: 'REDIRECT'; readonly port: number }
  | { readonly target: 'MARK'; readonly value: number }
  /** What a map has for the packet's key; none: the mark stays, and the next rule is asked. */
  | { readonly target: 'MARK'; readonly key: readonly Field[]; readonly map: string }
  | { readonly target: 'CONNMARK'; readonly value: number }
  /** Largest TCP segment follows the route's MTU, as in `--clamp-mss-to-pmtu`; with `size` it is at most these bytes. */
  | { readonly target: 'TCPMSS'; readonly size?: number }
  | { readonly target: 'JUMP'; readonly chain: string }
  | { readonly target: 'GOTO'; readonly chain: string }
  /** The verdict that a map has for the packet's key; none: the next rule. */
  | { readonly target: 'LOOKUP'; readonly key: readonly Field[]; readonly map: string }

export type RejectWith = 'tcp-reset' | 'no-route' | 'port-unreachable' | 'host-unreachable' | 'admin-prohibited'

/** Where to: fixed, or what a map holds for the packet's key; no entry, no translation. */
export type Translation =
  | { readonly address: string; readonly port?: number }
  | { readonly key: readonly Field[]; readonly map: string }

export type KeyType = 'ipv4_addr' | 'ipv6_addr' | 'ether_addr' | 'inet_proto' | 'inet_service' | 'ifname' | 'mark'

export type Scalar = string | number
/** One scalar per part of the key; a key of one part may be a bare scalar. */
export type Tuple = Scalar | readonly Scalar[]

export interface NamedSet {
  readonly name: string
  readonly key: readonly KeyType[]
  /** Elements may be prefixes and ranges. Costs more per change: only where ranges demand it. */
  readonly interval?: true
  readonly elements: readonly Tuple[]
}

export interface NamedMap {
  readonly name: string
  readonly key: readonly KeyType[]
  readonly value: readonly KeyType[] | 'verdict'
  readonly interval?: true
  readonly elements: readonly MapElement[]
}

/** Key and value; the value of a verdict map is a verdict. */
export type MapElement = readonly [key: Tuple, value: Tuple | Verdict]

export type Verdict =
  | 'ACCEPT'
  | 'DROP'
  | 'RETURN'
  | { readonly target: 'JUMP'; readonly chain: string }
  | { readonly target: 'GOTO'; readonly chain: string }
