import type { Generated } from 'kysely'
import type { Created, Id, Json } from './columns.ts'

export interface AsnRangeTable {
  id: Generated<Id>
  zone: Id
  /** PostgreSQL's bigint comes as text. */
  startasn: string
  endasn: string
  created: Created
}

export interface AsNumberTable {
  id: Generated<Id>
  range: Id
  zone: Id
  asn: string
  /** At most one of the two is set; neither: the number is free. */
  network: Id | null
  vpc: Id | null
  allocated: Date | null
  created: Created
}

export interface BgpPeerTable {
  id: Generated<Id>
  zone: Id
  /** At least one of the two is set. */
  ipaddress: string | null
  ip6address: string | null
  asnumber: string
  /** Sealed under `bgppeer/<id>`. */
  password: string | null
  details: Json<Record<string, string>>
  /** Only for those that name it, and for the networks of its account, or of its domain's. */
  dedicated: Generated<boolean>
  account: Generated<Id | null>
  domain: Generated<Id | null>
  created: Created
}

/** Peers that a network or VPC names. */
export interface BgpPeerScopeTable {
  peer: Id
  network: Id | null
  vpc: Id | null
}

/** What routed networks of a zone get their subnets of. */
export interface ZoneSubnetTable {
  id: Generated<Id>
  zone: Id
  subnet: string
  created: Created
}

export interface GuestSubnetTable {
  id: Generated<Id>
  parent: Id
  subnet: string
  /** Null: free. */
  network: Id | null
  created: Created
  allocated: Date | null
}

/** What a guest loads from its router instead of its disk: a kernel or a script. */
export interface NetbootTable {
  guest: Id
  kernel: string | null
  initrd: Generated<string[]>
  arguments: Generated<string>
  script: string | null
  created: Created
}

interface Counts {
  received_bytes: string
  received_packets: string
  sent_bytes: string
  sent_packets: string
}

/** How far a router's counters had come when they were last read. */
export interface RouterTrafficTable extends Counts {
  router: Id
  kind: 'Guest' | 'PublicIp'
  address: string
}

/** When a router's counters were last read. */
export interface RouterTrafficReadTable {
  router: Id
  at: Date
}

/** Sums of a guest's nic or of a public address, for each network or VPC that had it. */
export interface TrafficTable extends Counts {
  id: Generated<Id>
  kind: 'Guest' | 'PublicIp'
  /** The nic or public address; it may be gone. */
  subject: Id
  network: Id | null
  vpc: Id | null
  guest: Id | null
  address: string
  created: Created
  updated: Generated<Date>
}
