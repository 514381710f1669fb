import { randomUUID } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import { insertIpRule } from './iprule.ts'
import type { Database } from './schema.ts'

/** IKE, and IKE with ESP in UDP (RFC 7296, RFC 3948). */
export const IPSEC_PORTS = [500, 4500] as const

/** UDP ports that the router itself has for VPNs of a kind; no two kinds have one in common. */
export type VpnPorts = readonly [first: number, ...others: number[]]

/** Tables whose rows name the address's rule of the first port by `rule`, for as long as they need the ports. */
const USERS: readonly (keyof Database)[] = ['remote_access_vpn', 'vpn_gateway']

const rulesOf = (trx: Kysely<Database>, publicIp: string, ports: VpnPorts) =>
  trx
    .selectFrom('ip_rule')
    .select('id')
    .where('public_ip', '=', publicIp)
    .where('purpose', '=', 'Vpn')
    .where(sql<boolean>`lower(ports) = any(${[...ports]}::int[])`)
    .orderBy(sql`lower(ports)`)
    .execute()

/**
 * Takes ports for VPNs on a public address, whose row the caller holds, for the router itself; those of other VPNs
 * of the same kind at the address are shared. Returns the rule of the first port: what the address loses, its VPNs lose. Throws
 * SYSVM_NETWORK_CONFLICT when a rule of another purpose has one of them. `network`: the isolated network that has the
 * address; null: a VPC does.
 */
export const takeVpnPorts = async (
  trx: Kysely<Database>,
  publicIp: string,
  network: string | null,
  ports: VpnPorts,
): Promise<string> => {
  const [there] = await rulesOf(trx, publicIp, ports)
  if (there !== undefined) return there.id
  const rules = ports.map((port) => ({ id: randomUUID(), first: port, last: port }))
  for (const rule of rules) await insertIpRule(trx, { ...rule, publicIp, network, purpose: 'Vpn', protocol: 'udp' })
  return rules[0]?.id ?? ''
}

/** Gives the ports back once no VPN of the address needs them. */
export const freeVpnPorts = async (trx: Kysely<Database>, publicIp: string, ports: VpnPorts): Promise<void> => {
  const rules = (await rulesOf(trx, publicIp, ports)).map(({ id }) => id)
  if (rules.length === 0) return
  for (const table of USERS) {
    const user = await sql`select from ${sql.table(table)} where rule = any(${rules}::uuid[]) limit 1`.execute(trx)
    if (user.rows.length > 0) return
  }
  await trx.deleteFrom('ip_rule').where('id', 'in', rules).execute()
}
