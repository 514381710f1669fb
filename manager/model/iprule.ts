import { SysvmError } from '@sysvm/errors'
import { type Kysely, sql } from 'kysely'
import type { Database, IpRuleTable } from './schema.ts'

export interface NewIpRule {
  /** Known before, so that a conflict can name it. */
  readonly id: string
  readonly publicIp: string
  /** Isolated network or tier it leads to; null: the router itself. */
  readonly network: string | null
  readonly purpose: IpRuleTable['purpose']
  readonly protocol: IpRuleTable['protocol']
  readonly first: number
  /** Included. */
  readonly last: number
}

const WORDS: Readonly<Record<IpRuleTable['purpose'], string>> = {
  PortForwarding: 'port forwarding rule',
  LoadBalancing: 'load balancer rule',
  StaticNat: 'static NAT rule',
  Vpn: 'VPN',
}

interface Other {
  readonly id: string
  readonly purpose: IpRuleTable['purpose']
  readonly protocol: string
  readonly first: number
  readonly last: number
}

/** Another rule of the address that has some of the ports. */
const overlapping = async (trx: Kysely<Database>, rule: NewIpRule): Promise<Other | undefined> => {
  const { rows } = await sql<Other>`
    select id, purpose, protocol, lower(ports) as first, upper(ports) - 1 as last
    from ip_rule
    where public_ip = ${rule.publicIp} and id <> ${rule.id}
      and (protocol = ${rule.protocol} or protocol = 'all' or ${rule.protocol} = 'all')
      and ports && int4range(${rule.first}, ${rule.last}, '[]')
    order by created limit 1`.execute(trx)
  return rows[0]
}

const portsOf = (first: number, last: number): string => (first === last ? `${first}` : `${first}-${last}`)

/**
 * Takes ports of a public address, whose row the caller holds. Throws SYSVM_NETWORK_CONFLICT that names both rules when
 * another one has some of them.
 */
export const insertIpRule = async (trx: Kysely<Database>, rule: NewIpRule): Promise<void> => {
  const other = await overlapping(trx, rule)
  if (other !== undefined)
    throw new SysvmError(
      'SYSVM_NETWORK_CONFLICT',
      `The ${WORDS[rule.purpose]} ${rule.id} for ${rule.protocol} ${portsOf(rule.first, rule.last)} of the public address ${rule.publicIp} overlaps the ${WORDS[other.purpose]} ${other.id} for ${other.protocol} ${portsOf(other.first, other.last)}: choose other ports or another address.`,
      { details: { rule: rule.id, other: other.id } },
    )
  await trx
    .insertInto('ip_rule')
    .values({
      id: rule.id,
      public_ip: rule.publicIp,
      network: rule.network,
      purpose: rule.purpose,
      protocol: rule.protocol,
      ports: `[${rule.first},${rule.last}]`,
    })
    .execute()
}
