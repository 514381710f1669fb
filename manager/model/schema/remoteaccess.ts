import type { Generated } from 'kysely'
import type { Created, Id } from './columns.ts'

/** Who signs the certificates of an account's VPNs. */
export interface VpnAuthorityTable {
  account: Id
  /** PEM; for everybody. */
  certificate: string
  /** PKCS #8 in PEM, sealed. */
  private_key: string
  created: Created
}

export interface RemoteAccessVpnTable {
  id: Generated<Id>
  public_ip: Id
  /** The `ip_rule` of its first port. */
  rule: Id
  protocol: 'ikev2'
  /** The addresses of clients. */
  first_address: string
  /** Included. */
  last_address: string
  /** What it shows to clients: PEM, signed by its account's authority. */
  certificate: string
  /** PKCS #8 in PEM, sealed. */
  private_key: string
  /** The certificate's end. */
  expires: Date
  fordisplay: Generated<boolean>
  /** Of its network or VPC, from which on the router has it. */
  revision: Generated<number>
  /** Why its router was not given it, though it has the revision; null: it was. */
  problem: string | null
  created: Created
}

export interface VpnUserTable {
  id: Generated<Id>
  account: Id
  username: string
  /** Sealed. */
  password: string
  created: Created
}

/** From which revision of a VPN's network or VPC on its router knows a user who came after it. */
export interface VpnUserRevisionTable {
  vpn_user: Id
  vpn: Id
  revision: number
}
