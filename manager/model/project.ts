import { type Insertable, type Kysely, type Selectable, sql, type Updateable } from 'kysely'
import { within } from './account.ts'
import { anywhere, type Found, findPage, type Page } from './page.ts'
import type { ProjectAccountTable, ProjectTable } from './schema/identity.ts'
import type { Database } from './schema.ts'

export interface Project extends Selectable<ProjectTable> {
  readonly domainname: string
  readonly domainpath: string
  readonly accountname: string
  /** It is being removed. */
  readonly leaving: boolean
}

const projects = (db: Kysely<Database>) =>
  db
    .selectFrom('project')
    .innerJoin('domain', 'domain.id', 'project.domain')
    .innerJoin('account', 'account.id', 'project.account')
    .leftJoin('removal', 'removal.id', 'project.account')
    .selectAll('project')
    .select([
      'domain.name as domainname',
      'domain.path as domainpath',
      'account.name as accountname',
      sql<boolean>`removal.id is not null`.as('leaving'),
    ])

/** Whose projects a list shows: an account's, or those of a domain. */
export type ProjectCircle = { readonly member: string } | { readonly path: string; readonly recursive: boolean }

export interface ProjectFilter {
  readonly circle: ProjectCircle
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly displaytext?: string | undefined
  readonly state?: ProjectTable['state'] | string | undefined
  readonly keyword?: string | undefined
  /** A user of an account that is a member. */
  readonly username?: string | undefined
}

export const findProjects = (db: Kysely<Database>, filter: ProjectFilter, page: Page): Promise<Found<Project>> => {
  const { circle } = filter
  let query = projects(db).orderBy('project.created').orderBy('project.id')
  if ('member' in circle)
    query = query.where((eb) =>
      eb.exists(
        eb
          .selectFrom('project_account')
          .select('project_account.project')
          .whereRef('project_account.project', '=', 'project.id')
          .where('project_account.account', '=', circle.member),
      ),
    )
  else query = query.where(within(circle.path, circle.recursive))
  if (filter.id !== undefined) query = query.where('project.id', '=', filter.id)
  if (filter.name !== undefined) query = query.where('project.name', '=', filter.name)
  if (filter.displaytext !== undefined) query = query.where('project.displaytext', '=', filter.displaytext)
  if (filter.state !== undefined) query = query.where(sql<boolean>`project.state = ${filter.state}`)
  if (filter.keyword) {
    const text = anywhere(filter.keyword)
    query = query.where((eb) => eb.or([eb('project.name', 'ilike', text), eb('project.displaytext', 'ilike', text)]))
  }
  if (filter.username !== undefined)
    query = query.where(
      sql<boolean>`project.id in (select member.project from project_account member
        join cloud_user on cloud_user.account = member.account where cloud_user.username = ${filter.username})`,
    )
  return findPage(query, page, 'project.id')
}

export const findProject = (db: Kysely<Database>, id: string): Promise<Project | undefined> =>
  projects(db).where('project.id', '=', id).executeTakeFirst()

/** Holds the project's row. */
export const lockProject = async (trx: Kysely<Database>, id: string): Promise<Project | undefined> => {
  await sql`select from project where id = ${id} for update`.execute(trx)
  return findProject(trx, id)
}

export const insertProject = async (trx: Kysely<Database>, values: Insertable<ProjectTable>): Promise<string> =>
  (await trx.insertInto('project').values(values).returning('id').executeTakeFirstOrThrow()).id

export const changeProject = async (
  trx: Kysely<Database>,
  id: string,
  values: Updateable<ProjectTable>,
): Promise<void> => {
  await trx.updateTable('project').set(values).where('id', '=', id).execute()
}

export interface Membership {
  readonly project: string
  readonly account: string
  readonly name: string
  readonly role: ProjectAccountTable['role']
  /** It is being removed. */
  readonly leaving: boolean
}

/** In the order of their names. */
export const membersOf = (db: Kysely<Database>, ids: readonly string[]): Promise<Membership[]> =>
  ids.length === 0
    ? Promise.resolve([])
    : db
        .selectFrom('project_account')
        .innerJoin('account', 'account.id', 'project_account.account')
        .leftJoin('removal', 'removal.id', 'account.id')
        .select(['project_account.project', 'project_account.account', 'account.name', 'project_account.role'])
        .select(sql<boolean>`removal.id is not null`.as('leaving'))
        .where('project_account.project', '=', sql<string>`any(${[...ids]}::uuid[])`)
        .orderBy('account.name')
        .execute()

/** False when it is a member already. */
export const addMember = async (
  trx: Kysely<Database>,
  member: Pick<Membership, 'project' | 'account' | 'role'>,
): Promise<boolean> => {
  const rows = await trx
    .insertInto('project_account')
    .values({ project: member.project, account: member.account, role: member.role })
    .onConflict((conflict) => conflict.doNothing())
    .returning('account')
    .execute()
  return rows.length > 0
}

/** Gives a member the role. */
export const changeMember = async (
  trx: Kysely<Database>,
  { project, account, role }: Pick<Membership, 'project' | 'account' | 'role'>,
): Promise<void> => {
  const member = trx.updateTable('project_account').set({ role }).where('project', '=', project)
  await member.where('account', '=', account).execute()
}

export const removeMember = async (trx: Kysely<Database>, project: string, account: string): Promise<void> => {
  await trx.deleteFrom('project_account').where('project', '=', project).where('account', '=', account).execute()
}
