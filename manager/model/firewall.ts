import { SysvmError } from '@sysvm/errors'
import { type Insertable, type Kysely, type Selectable, sql, type Updateable } from 'kysely'
import type { Accounts } from './among.ts'
import { isHeld } from './held.ts'
import { lockInOrder } from './lock.ts'
import { ownedBy } from './ownership.ts'
import { anywhere, type Found, findPage, type Page } from './page.ts'
import type { FirewallRuleTable } from './schema/firewall.ts'
import type { Database } from './schema.ts'

export type FirewallRule = Selectable<FirewallRuleTable> & {
  /** Of the public address. */
  readonly address: string | null
  /** Whether the router has it as it is now. */
  readonly held: boolean
}

export type FirewallKind = FirewallRule['kind']

const rules = (db: Kysely<Database>) =>
  db
    .selectFrom('firewall_rule')
    .leftJoin('public_ip', 'public_ip.id', 'firewall_rule.public_ip')
    .selectAll('firewall_rule')
    .select([
      sql<string | null>`host(public_ip.address)`.as('address'),
      isHeld('firewall_rule.network', 'firewall_rule.revision').as('held'),
    ])
    .$castTo<FirewallRule>()
    .orderBy('firewall_rule.created')
    .orderBy('firewall_rule.id')

export interface FirewallRuleFilter {
  /** Only what these accounts have; undefined: everybody's. */
  readonly accounts?: Accounts | undefined
  readonly kind: FirewallKind
  readonly id?: string | undefined
  readonly publicIp?: string | undefined
  readonly network?: string | undefined
  readonly traffictype?: FirewallRule['traffictype'] | undefined
  /** Part of the id. */
  readonly keyword?: string | undefined
}

export const findFirewallRules = (
  db: Kysely<Database>,
  filter: FirewallRuleFilter,
  page: Page,
): Promise<Found<FirewallRule>> => {
  let query = rules(db).where('firewall_rule.kind', '=', filter.kind)
  if (filter.accounts) query = query.where(ownedBy('firewall_rule', filter.accounts))
  if (filter.id !== undefined) query = query.where('firewall_rule.id', '=', filter.id)
  if (filter.publicIp !== undefined) query = query.where('firewall_rule.public_ip', '=', filter.publicIp)
  if (filter.network !== undefined) query = query.where('firewall_rule.network', '=', filter.network)
  if (filter.traffictype !== undefined) query = query.where('firewall_rule.traffictype', '=', filter.traffictype)
  if (filter.keyword) query = query.where(sql<boolean>`firewall_rule.id::text like ${anywhere(filter.keyword)}`)
  return findPage(query, page, 'firewall_rule.id')
}

export const findFirewallRule = (db: Kysely<Database>, id: string): Promise<FirewallRule | undefined> =>
  rules(db).where('firewall_rule.id', '=', id).executeTakeFirst()

/** The row, held until the transaction ends, as are its public address and its network. */
export const lockFirewallRule = async (
  trx: Kysely<Database>,
  kind: FirewallKind,
  id: string,
): Promise<Selectable<FirewallRuleTable> | undefined> => {
  const rule = trx.selectFrom('firewall_rule').selectAll().where('id', '=', id).where('kind', '=', kind)
  const seen = await rule.executeTakeFirst()
  if (seen === undefined) return undefined
  await lockInOrder(trx, { addresses: [seen.public_ip], networks: [seen.network] })
  return rule.forUpdate().executeTakeFirst()
}

export type NewFirewallRule = Omit<Insertable<FirewallRuleTable>, 'id'> & {
  /** Known before, so that a conflict can name it. */
  readonly id: string
  readonly cidrlist: string[]
  readonly destcidrlist: string[]
}

interface Other {
  readonly id: string
}

/** Whether two lists have a network in common; an empty one is everything. */
const common = (column: 'cidrlist' | 'destcidrlist', given: readonly string[]) =>
  given.length === 0
    ? sql<boolean>`firewall_rule.${sql.ref(column)} = '{}'`
    : sql<boolean>`firewall_rule.${sql.ref(column)} && ${[...given]}::text[]`

/** A rule that says something about the same packets: of some of its ports and networks. */
const conflicting = async (trx: Kysely<Database>, rule: NewFirewallRule): Promise<Other | undefined> => {
  const { rows } = await sql<Other>`
    select id from firewall_rule
    where network = ${rule.network} and kind = ${rule.kind} and traffictype = ${rule.traffictype} and id <> ${rule.id}
      and public_ip is not distinct from ${rule.public_ip}
      and protocol = ${rule.protocol}
      and int4range(startport, endport, '[]') && int4range(${rule.startport}::int, ${rule.endport}::int, '[]')
      and (icmptype is null or ${rule.icmptype}::int is null or icmptype = ${rule.icmptype})
      and (icmpcode is null or ${rule.icmpcode}::int is null or icmpcode = ${rule.icmpcode})
      and ${common('cidrlist', rule.cidrlist)} and ${common('destcidrlist', rule.destcidrlist)}
    order by created limit 1`.execute(trx)
  return rows[0]
}

/** Throws SYSVM_NETWORK_CONFLICT that names both. The caller holds the network or the public address. */
export const refuseConflict = async (trx: Kysely<Database>, rule: NewFirewallRule): Promise<void> => {
  const other = await conflicting(trx, rule)
  if (other === undefined) return
  const ports = rule.startport === null ? '' : ` ${rule.startport}-${rule.endport}`
  throw new SysvmError(
    'SYSVM_NETWORK_CONFLICT',
    `The firewall rule ${rule.id} for ${rule.protocol}${ports} overlaps the firewall rule ${other.id} in its ports and in one of its networks: delete that one first, or choose others.`,
    { details: { rule: rule.id, other: other.id } },
  )
}

export const insertFirewallRule = async (trx: Kysely<Database>, rule: NewFirewallRule): Promise<void> => {
  await trx.insertInto('firewall_rule').values(rule).execute()
}

export const updateFirewallRuleRow = async (
  trx: Kysely<Database>,
  id: string,
  values: Updateable<FirewallRuleTable>,
): Promise<void> => {
  await trx.updateTable('firewall_rule').set(values).where('id', '=', id).execute()
}

export const deleteFirewallRuleRow = async (trx: Kysely<Database>, id: string): Promise<void> => {
  await trx.deleteFrom('firewall_rule').where('id', '=', id).execute()
}

export interface Opening {
  /** The `ip_rule` that it is for: with it the firewall rule goes. */
  readonly ipRule: string
  readonly publicIp: string
  /** The isolated network that has the address. */
  readonly network: string
  readonly protocol: 'tcp' | 'udp'
  readonly first: number
  /** Included. */
  readonly last: number
  /** Whose connections are let in; all unless told. */
  readonly cidrs?: readonly string[] | undefined
}

/**
 * Lets clients in to the ports of a rule that is being made, as `openfirewall` asks. Such rules are listed with the
 * others and go away with what they are for; one that says so already is enough. The caller holds the public address
 * and raises the network's revision afterwards.
 */
export const openFirewallFor = async (trx: Kysely<Database>, opening: Opening): Promise<void> => {
  const cidrlist = opening.cidrs === undefined || opening.cidrs.length === 0 ? ['0.0.0.0/0'] : [...opening.cidrs]
  const same = await trx
    .selectFrom('firewall_rule')
    .select('id')
    .where('public_ip', '=', opening.publicIp)
    .where('protocol', '=', opening.protocol)
    .where('startport', '<=', opening.first)
    .where('endport', '>=', opening.last)
    .where('related', 'is', null)
    .where(sql<boolean>`cidrlist @> ${cidrlist}::text[]`)
    .executeTakeFirst()
  if (same !== undefined) return
  const { revision } = await trx
    .selectFrom('network')
    .select('revision')
    .where('id', '=', opening.network)
    .executeTakeFirstOrThrow()
  await trx
    .insertInto('firewall_rule')
    .values({
      kind: 'Ingress',
      network: opening.network,
      public_ip: opening.publicIp,
      traffictype: 'Ingress',
      protocol: opening.protocol,
      startport: opening.first,
      endport: opening.last,
      icmptype: null,
      icmpcode: null,
      cidrlist,
      destcidrlist: [],
      related: opening.ipRule,
      // The caller's own change raises it by one.
      revision: revision + 1,
    })
    .execute()
}

/** All rules of networks, for the router's spec. */
export const firewallRulesOf = (
  db: Kysely<Database>,
  networks: readonly string[],
): Promise<Selectable<FirewallRuleTable>[]> =>
  networks.length === 0
    ? Promise.resolve([])
    : db
        .selectFrom('firewall_rule')
        .selectAll()
        .where('network', 'in', [...networks])
        .orderBy('created')
        .orderBy('id')
        .execute()
