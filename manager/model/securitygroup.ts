import { type Insertable, type Kysely, type Selectable, sql } from 'kysely'
import { type Accounts, amongAccounts } from './among.ts'
import { anywhere, type Found, findPage, type Page } from './page.ts'
import type { SecurityGroupRuleTable, SecurityGroupTable } from './schema/securitygroup.ts'
import type { Database } from './schema.ts'

/** Whom guests without another group are in; every account has one as soon as it needs it. */
export const DEFAULT_GROUP = 'default'

export type SecurityGroup = Selectable<SecurityGroupTable> & {
  /** Guests in it. */
  readonly guests: readonly string[]
}

export type SecurityGroupRule = Selectable<SecurityGroupRuleTable> & {
  readonly peername: string | null
  readonly peeraccount: string | null
}

const groups = (db: Kysely<Database>) =>
  db
    .selectFrom('security_group')
    .selectAll('security_group')
    .select(
      sql<string[]>`array(select guest::text from security_group_member member
        where member.security_group = security_group.id order by guest)`.as('guests'),
    )
    .orderBy('security_group.created')
    .orderBy('security_group.id')

export interface SecurityGroupFilter {
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly keyword?: string | undefined
  readonly guest?: string | undefined
  /** Whose; undefined: everybody's. */
  readonly accounts?: Accounts | undefined
}

export const findSecurityGroups = (
  db: Kysely<Database>,
  filter: SecurityGroupFilter,
  page: Page,
): Promise<Found<SecurityGroup>> => {
  let query = groups(db)
  if (filter.accounts) query = query.where(amongAccounts('security_group.account', filter.accounts))
  if (filter.id !== undefined) query = query.where('security_group.id', '=', filter.id)
  if (filter.name !== undefined) query = query.where('security_group.name', '=', filter.name)
  if (filter.keyword) query = query.where('security_group.name', 'ilike', anywhere(filter.keyword))
  if (filter.guest !== undefined)
    query = query.where(
      sql<boolean>`security_group.id in (select security_group from security_group_member where guest = ${filter.guest})`,
    )
  return findPage(query, page, 'security_group.id')
}

export const findSecurityGroup = (db: Kysely<Database>, id: string): Promise<SecurityGroup | undefined> =>
  groups(db).where('security_group.id', '=', id).executeTakeFirst()

export const securityGroupNamed = (
  db: Kysely<Database>,
  account: string,
  name: string,
): Promise<SecurityGroup | undefined> =>
  groups(db).where('security_group.account', '=', account).where('security_group.name', '=', name).executeTakeFirst()

/** The row, held until the transaction ends. */
export const lockSecurityGroup = (
  trx: Kysely<Database>,
  id: string,
): Promise<Selectable<SecurityGroupTable> | undefined> =>
  trx.selectFrom('security_group').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()

/** Undefined when the account has one of that name. */
export const insertSecurityGroup = async (
  trx: Kysely<Database>,
  values: Insertable<SecurityGroupTable>,
): Promise<string | undefined> =>
  (
    await trx
      .insertInto('security_group')
      .values(values)
      .onConflict((conflict) => conflict.columns(['account', 'name']).doNothing())
      .returning('id')
      .executeTakeFirst()
  )?.id

/** The account's default group, made when it is missing. */
export const defaultSecurityGroup = async (trx: Kysely<Database>, account: string): Promise<string> => {
  const known = await securityGroupNamed(trx, account, DEFAULT_GROUP)
  if (known !== undefined) return known.id
  const description = 'Of guests that are in no other group'
  const made = await insertSecurityGroup(trx, { account, name: DEFAULT_GROUP, description })
  return made ?? ((await securityGroupNamed(trx, account, DEFAULT_GROUP))?.id as string)
}

export const renameSecurityGroup = async (trx: Kysely<Database>, id: string, name: string): Promise<void> => {
  await trx.updateTable('security_group').set({ name }).where('id', '=', id).execute()
}

export const deleteSecurityGroupRow = async (trx: Kysely<Database>, id: string): Promise<void> => {
  await trx.deleteFrom('security_group').where('id', '=', id).execute()
}

const rules = (db: Kysely<Database>) =>
  db
    .selectFrom('security_group_rule')
    .leftJoin('security_group as peer', 'peer.id', 'security_group_rule.peer')
    .leftJoin('account', 'account.id', 'peer.account')
    .selectAll('security_group_rule')
    .select(['peer.name as peername', 'account.name as peeraccount'])
    .orderBy('security_group_rule.created')
    .orderBy('security_group_rule.id')

/** Of several groups, for their lists. */
export const rulesOfGroups = (db: Kysely<Database>, ids: readonly string[]): Promise<SecurityGroupRule[]> =>
  ids.length === 0
    ? Promise.resolve([])
    : rules(db)
        .where('security_group_rule.security_group', 'in', [...ids])
        .execute()

/** Another group of the same account that names this one in a rule; others' rules are no reason to keep it. */
export const namingGroup = (db: Kysely<Database>, id: string): Promise<{ readonly name: string } | undefined> =>
  db
    .selectFrom('security_group_rule')
    .innerJoin('security_group', 'security_group.id', 'security_group_rule.security_group')
    .innerJoin('security_group as peer', 'peer.id', 'security_group_rule.peer')
    .select('security_group.name')
    .where('peer.id', '=', id)
    .whereRef('security_group.account', '=', 'peer.account')
    .where('security_group.id', '<>', id)
    .limit(1)
    .executeTakeFirst()

export const findSecurityGroupRule = (db: Kysely<Database>, id: string): Promise<SecurityGroupRule | undefined> =>
  rules(db).where('security_group_rule.id', '=', id).executeTakeFirst()

/** Ids of those that were made: the group may have some already. */
export const insertSecurityGroupRules = async (
  trx: Kysely<Database>,
  values: readonly Insertable<SecurityGroupRuleTable>[],
): Promise<string[]> =>
  (
    await trx
      .insertInto('security_group_rule')
      .values([...values])
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .execute()
  ).map(({ id }) => id)

export const deleteSecurityGroupRule = async (trx: Kysely<Database>, id: string): Promise<void> => {
  await trx.deleteFrom('security_group_rule').where('id', '=', id).execute()
}

/** The guest is in these groups from now on, and in no others. */
export const setSecurityGroups = async (
  trx: Kysely<Database>,
  guest: string,
  ids: readonly string[],
): Promise<void> => {
  await sql`delete from security_group_member
    where guest = ${guest} and not security_group = any(${[...ids]}::uuid[])`.execute(trx)
  await sql`insert into security_group_member (guest, security_group)
    select ${guest}, unnest(${[...ids]}::uuid[]) on conflict do nothing`.execute(trx)
}

export interface GuestGroup {
  readonly guest: string
  readonly id: string
  readonly name: string
  readonly description: string
  readonly account: string
}

/** Groups of several guests, for their lists. */
export const groupsOfGuests = async (db: Kysely<Database>, guests: readonly string[]): Promise<GuestGroup[]> =>
  guests.length === 0
    ? []
    : db
        .selectFrom('security_group_member')
        .innerJoin('security_group', 'security_group.id', 'security_group_member.security_group')
        .select(['security_group_member.guest', 'security_group.id', 'security_group.name'])
        .select(['security_group.description', 'security_group.account'])
        .where('security_group_member.guest', 'in', [...guests])
        .orderBy('security_group.created')
        .execute()

/** Whether hosts keep the guests of one of these networks apart. */
export const areSecured = async (db: Kysely<Database>, networks: readonly string[]): Promise<boolean> => {
  const { rows } = await sql`
    select from network join network_offering offering on offering.id = network.offering
    where network.id = any(${[...networks]}::uuid[]) and offering.services ? 'SecurityGroup' limit 1`.execute(db)
  return rows.length > 0
}
