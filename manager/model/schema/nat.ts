import type { Generated } from 'kysely'
import type { Id } from './columns.ts'

/** The part of an `ip_rule` of purpose PortForwarding that says where to; the row goes with either. */
export interface PortForwardingTable {
  id: Id
  /** Of the guest, on the rule's network. */
  nic: Id
  /** A further address of that nic; null: its first. */
  guest_address: string | null
  /** Where the guest's ports begin; as many as the public ones. */
  private_port: number
  /** Sources that are let through; empty: all. Of a VPC's rule only, elsewhere the firewall decides. */
  cidrs: Generated<string[]>
}
