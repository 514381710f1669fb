import type { Generated } from 'kysely'
import type { Created, Id } from './columns.ts'

/** Who has which ports of a public address; two never overlap. What the ports are for is in a table of the purpose. */
export interface IpRuleTable {
  id: Generated<Id>
  public_ip: Id
  /** Isolated network or tier that it leads to; null: to the router itself. */
  network: Id | null
  purpose: 'PortForwarding' | 'LoadBalancing' | 'StaticNat' | 'Vpn'
  protocol: 'tcp' | 'udp' | 'all'
  /** As PostgreSQL writes it: `[80,91)` is 80 to 90. */
  ports: string
  /** Of the network, from which on its router has it. */
  revision: Generated<number>
  created: Created
}
