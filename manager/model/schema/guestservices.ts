import type { Generated } from 'kysely'
import type { Created, Id } from './columns.ts'

/** User data that several guests share. */
export interface UserDataTable {
  id: Generated<Id>
  name: string
  /** Base64. */
  userdata: string
  /** Names of the variables it uses, with commas. */
  params: string | null
  created: Created
  /** Whose it is. */
  account: Generated<Id>
}

export interface SshKeypairTable {
  id: Generated<Id>
  name: string
  /** OpenSSH, without comment. */
  public_key: string
  /** MD5 of the key with colons, as CloudStack tells it. */
  fingerprint: string
  created: Created
  /** Whose it is. */
  account: Generated<Id>
}

/** A further address of a guest's nic; DHCP does not give it, NAT may lead to it. */
export interface NicSecondaryIpTable {
  id: Generated<Id>
  nic: Id
  network: Id
  address: string
  created: Created
}

/** Of which networks of the zone take their /64. */
export interface Ipv6PrefixTable {
  id: Generated<Id>
  zone: Id
  prefix: string
  created: Created
}

/** An extra DHCP option of a nic: a code and its value as it was given. */
export interface NicDhcpOption {
  readonly code: number
  readonly value: string
}
