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

/** What clients of a remote access VPN speak; an address has one VPN of each at most. */
export type RemoteAccessProtocol = 'ikev2' | 'wireguard' | 'l2tp'

/** What VPNs of all protocols have. */
export interface RemoteAccessVpnTable {
  id: Generated<Id>
  public_ip: Id
  /** The `ip_rule` of its first port. */
  rule: Id
  protocol: RemoteAccessProtocol
  /** The addresses of clients. */
  first_address: string
  /** Included. */
  last_address: string
  fordisplay: Generated<boolean>
  /** Of its network or VPC, from which on the router has it. */
  revision: Generated<number>
  /** Why its router was not given it, though it has the revision; null: it was. */
  problem: string | null
  created: Created
}

/** What one of IKEv2 has besides. */
export interface RemoteAccessCertificateTable {
  vpn: Id
  /** What it shows to clients: PEM, signed by its account's authority. */
  certificate: string
  /** PKCS #8 in PEM, sealed. */
  private_key: string
  /** The certificate's end. */
  expires: Date
}

/** What one of WireGuard has besides. Keys are in base64. */
export interface RemoteAccessWireGuardTable {
  vpn: Id
  public_key: string
  /** Sealed. */
  private_key: string
}

/** What a user has in a VPN of WireGuard. */
export interface WireGuardPeerTable {
  vpn: Id
  vpn_user: Id
  /** Of the VPN's addresses. */
  address: string
  public_key: string
  /** Sealed. */
  private_key: string
  /** Sealed. */
  preshared_key: string
}

/** What one of L2TP has besides. */
export interface RemoteAccessL2tpTable {
  vpn: Id
  /** What all its clients know; sealed. */
  presharedkey: string
}

export interface VpnUserTable {
  id: Generated<Id>
  account: Id
  username: string
  /** Sealed; empty once the user is revoked. */
  password: string
  /** Removed, though routers may not have heard of it. */
  revoked: Generated<boolean>
  created: Created
}

/** From which revision of a VPN's network or VPC on its router knows a user who came after it. */
export interface VpnUserRevisionTable {
  vpn_user: Id
  vpn: Id
  revision: number
}
