import { SysvmError } from '@sysvm/errors'
import type { Kysely } from 'kysely'
import {
  type Account,
  type AccountName,
  accountNamed,
  accountOfProject,
  accountsWithin,
  allProjectAccounts,
  findAccountNames,
  type Projects,
  projectAccountsOf,
} from '../model/account.ts'
import type { Accounts } from '../model/among.ts'
import { type Domain, findDomain, isWithin } from '../model/domain.ts'
import type { Database } from '../model/schema.ts'
import { administers, forbiddenAccounts, seesAll } from './access.ts'
import type { Context } from './command.ts'
import { notFound } from './found.ts'
import { requireOpen } from './open.ts'
import { ALL_PROJECTS, boolean, projectOrAll, text, uuid } from './parameter.ts'

/** Whose a new thing is, where it cannot be a project's. */
export const accountOwner = {
  account: text('Name of the owning account; needs domainid.'),
  domainid: uuid('Domain of the owning account.'),
}

/** Whose a new thing is. */
export const owner = {
  ...accountOwner,
  projectid: uuid('Project that owns it, instead of an account.'),
}

/** Filters of lists of what projects cannot have. */
export const accountFilter = {
  account: text('Only what the account of this name has; needs domainid.'),
  domainid: uuid('Only what the accounts of this domain have.'),
  isrecursive: boolean('List the subdomains of domainid too.'),
  listall: boolean('List all that the caller may see, not only its own.'),
}

/** Filters of lists. */
export const ownerFilter = {
  ...accountFilter,
  projectid: projectOrAll('Only what this project has; -1: what projects have.'),
}

interface OwnerValues {
  readonly account?: string | undefined
  readonly domainid?: string | undefined
  readonly projectid?: string | undefined
}

interface FilterValues extends OwnerValues {
  readonly id?: string | undefined
  readonly ids?: readonly string[] | undefined
  readonly isrecursive?: boolean | undefined
  readonly listall?: boolean | undefined
}

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

/** The domain, where the caller may look: its own, and for domain administrators those beneath. */
const domainFor = async ({ caller }: Context, db: Kysely<Database>, id: string): Promise<Domain> => {
  const domain = await findDomain(db, id)
  const mine = domain?.id === caller.domainid
  const beneath = domain !== undefined && caller.roletype === 'DomainAdmin' && isWithin(domain.path, caller.domainpath)
  if (domain !== undefined && (mine || beneath || seesAll(caller))) return domain
  throw notFound('domainid', 'domain', id)
}

const namedAccount = async (
  context: Context,
  db: Kysely<Database>,
  name: string,
  domainid: string,
): Promise<Account> => {
  const domain = await domainFor(context, db, domainid)
  const account = await accountNamed(db, domain.id, name)
  if (account !== undefined && account.type !== 'Project' && administers(context.caller, account)) return account
  throw bad(`Parameter account: domain ${domain.path} has no account '${name.slice(0, 60)}' that you may use.`)
}

const projectAccount = async ({ caller }: Context, db: Kysely<Database>, id: string): Promise<Account> => {
  const account = await accountOfProject(db, id)
  if (account === undefined || (await forbiddenAccounts(db, caller, [account.id])).length > 0)
    throw notFound('projectid', 'project', id)
  return account
}

const refuseBoth = ({ account, projectid }: OwnerValues): void => {
  if (account !== undefined && projectid !== undefined)
    throw bad('Parameters account and projectid exclude each other: give one.')
}

/** Id of the account that is meant: as asked for, else the caller's. 431 when the caller may not. */
export const ownerNamed = async (context: Context, db: Kysely<Database>, values: OwnerValues): Promise<string> => {
  const { account, domainid, projectid } = values
  refuseBoth(values)
  if (projectid !== undefined) return (await projectAccount(context, db, projectid)).id
  if (account === undefined) {
    if (domainid !== undefined && domainid !== context.caller.domainid)
      throw bad('Parameter domainid: name the account of that domain too.')
    return context.caller.accountid
  }
  return (await namedAccount(context, db, account, domainid ?? context.caller.domainid)).id
}

/** The same of who is to have something new: 534 when it may not. Before anything is held. */
export const ownerFor = async (context: Context, trx: Kysely<Database>, values: OwnerValues): Promise<string> => {
  const account = await ownerNamed(context, trx, values)
  await requireOpen(trx, [account])
  return account
}

/** Of commands that name an owner beside a thing: it must be the thing's. */
export const refuseOtherOwner = async (
  context: Context,
  db: Kysely<Database>,
  values: OwnerValues,
  account: string,
): Promise<void> => {
  if (values.account === undefined && values.domainid === undefined && values.projectid === undefined) return
  if ((await ownerNamed(context, db, values)) !== account)
    throw bad(`Parameter ${values.projectid === undefined ? 'account' : 'projectid'}: that is not the owner.`)
}

/** Accounts of the projects of one who is no root administrator; its own too when it wants all, or has no projects. */
const memberships = async ({ caller, db }: Context, all: boolean): Promise<readonly string[]> => {
  const projects = await projectAccountsOf(db, caller.accountid)
  return all || projects.length === 0 ? [caller.accountid, ...projects] : projects
}

/** Those of a domain that a list shows. */
const inDomain = async (
  context: Context,
  { path }: Domain,
  { isrecursive: recursive = false, listall = false }: FilterValues,
  projects: Projects,
): Promise<readonly string[]> => {
  const { caller, db } = context
  if (projects === 'none' && caller.roletype === 'User') return [caller.accountid]
  if (projects === 'none' || seesAll(caller)) return accountsWithin(db, path, { recursive, projects })
  const there = new Set(await accountsWithin(db, path, { recursive, projects: 'too' }))
  return (await memberships(context, listall)).filter((id) => there.has(id))
}

/** Those that a list shows of whom nothing is said. */
const ofNobodyNamed = async (context: Context, listall: boolean, projects: Projects): Promise<Accounts | undefined> => {
  const { caller, db } = context
  if (projects === 'too' && seesAll(caller)) return undefined
  if (projects === 'only' && seesAll(caller)) return allProjectAccounts(db)
  if (projects !== 'none') return memberships(context, listall)
  if (!listall || caller.roletype === 'User') return [caller.accountid]
  if (!seesAll(caller)) return accountsWithin(db, caller.domainpath, { recursive: true, projects })
  const but = await allProjectAccounts(db)
  return but.length === 0 ? undefined : { but }
}

/** Accounts whose things the caller may see; undefined: everybody's. */
export const visibleOwners = async ({ caller, db }: Context): Promise<readonly string[] | undefined> => {
  if (seesAll(caller)) return undefined
  const projects = await projectAccountsOf(db, caller.accountid)
  if (caller.roletype === 'User') return [caller.accountid, ...projects]
  const beneath = await accountsWithin(db, caller.domainpath, { recursive: true, projects: 'too' })
  return [...new Set([...beneath, ...projects])]
}

/**
 * Accounts whose things a list shows; undefined: everybody's. CloudStack's rules. Things that are named by id are shown
 * whoever has them: that the caller may see them was checked before. Without a filter, the caller's own; with listall,
 * all accounts' that it administers. What projects have is left out unless one is named, or by -1 all: a root
 * administrator's list then is of projects alone, with listall of everything; others' is of the projects that they are
 * in, with listall of their own account too.
 */
export const ownersOf = async (context: Context, values: FilterValues): Promise<Accounts | undefined> => {
  const { caller, db } = context
  const { account, domainid, projectid, listall = false } = values
  refuseBoth(values)
  const project = projectid === ALL_PROJECTS ? undefined : projectid
  const named = values.id !== undefined || values.ids !== undefined
  if (named && account === undefined && domainid === undefined && project === undefined) return undefined
  if (project !== undefined) return [(await projectAccount(context, db, project)).id]
  if (account !== undefined) return [(await namedAccount(context, db, account, domainid ?? caller.domainid)).id]
  const projects = projectid === undefined ? 'none' : listall ? 'too' : 'only'
  if (domainid === undefined) return ofNobodyNamed(context, listall, projects)
  return inDomain(context, await domainFor(context, db, domainid), values, projects)
}

/** Owner's fields of an answer: account's or project's. */
export const fieldsOfOwner = (owner: Omit<AccountName, 'id'>) => ({
  ...(owner.project === null
    ? { account: owner.name }
    : { projectid: owner.project, project: owner.projectname ?? undefined }),
  domainid: owner.domain,
  domain: owner.domainname,
  domainpath: owner.domainpath,
})

/** What an answer says of its owner. */
export type OwnerFields = Partial<ReturnType<typeof fieldsOfOwner>> & {
  readonly account?: string
  readonly projectid?: string
  readonly project?: string | undefined
}

/** Owner's fields by the account's id; nothing for what nobody owns. */
export type Owners = (id: string | null) => OwnerFields

const ownersAmong = (accounts: readonly AccountName[]): Owners => {
  const found = new Map(accounts.map((account) => [account.id, fieldsOfOwner(account)]))
  return (id) => (id === null ? {} : (found.get(id) ?? {}))
}

/** Owner's fields by the account's id, read once for a whole page. */
export const ownerFields = async (db: Kysely<Database>, ids: readonly (string | null)[]): Promise<Owners> => {
  const wanted = [...new Set(ids.filter((id) => id !== null))]
  return ownersAmong(await findAccountNames(db, wanted))
}

/** Of all owners of some rows. */
export const ownersIn = (db: Kysely<Database>, rows: readonly { readonly account: string | null }[]): Promise<Owners> =>
  ownerFields(
    db,
    rows.map(({ account }) => account),
  )

/** For answers that do not say where the owner's domain is. */
export const withoutPath = ({ domainpath, ...fields }: OwnerFields): Omit<OwnerFields, 'domainpath'> => fields
