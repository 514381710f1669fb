import type { ColumnType, Generated } from 'kysely'
import type { Created, Id } from './columns.ts'

/** A VPC's end of its tunnels. */
export interface VpnGatewayTable {
  id: Generated<Id>
  vpc: Id
  /** Rule of port 500 of its public address. */
  rule: Id
  created: Created
}

/** The other end of tunnels. */
export interface VpnCustomerGatewayTable {
  id: Generated<Id>
  account: Id
  name: string
  /** IPv4 address. */
  gateway: string
  /** Networks behind it. */
  cidrlist: string[]
  /** Sealed under `vpncustomergateway/<id>`. */
  ipsecpsk: string
  /** `aes256-sha256;modp2048`, several with commas. */
  ikepolicy: string
  esppolicy: string
  /** Seconds. */
  ikelifetime: number
  esplifetime: number
  dpd: boolean
  forceencap: boolean
  splitconnections: boolean
  ikeversion: 'ike' | 'ikev1' | 'ikev2'
  created: Created
}

export type TunnelState = 'Connecting' | 'Connected' | 'Disconnected' | 'Error'

export interface VpnConnectionTable {
  id: Generated<Id>
  vpn_gateway: Id
  customer_gateway: Id
  /** It waits for its peer. */
  passive: Generated<boolean>
  /** As its router told last. */
  state: Generated<TunnelState>
  /** Why it is so. */
  reason: string | null
  /** Raised to have the tunnel torn down and set up anew once. */
  resets: ColumnType<number, number | undefined, number>
  /** Of the VPC, from which on its router has it. */
  revision: Generated<number>
  created: Created
}
