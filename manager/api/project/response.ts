import type { Kysely } from 'kysely'
import { findProject, type Membership, membersOf, type Project } from '../../model/project.ts'
import type { Database } from '../../model/schema.ts'
import { projectUsageFields, type Usage, usageOfAccounts } from '../limit/usage.ts'
import { defineResponse, type Fields, type Presented } from '../response.ts'

const fields = {
  id: ['string', "The project's id."],
  name: ['string', 'Its name, unique in its domain.'],
  displaytext: ['string', 'What it is for.'],
  domainid: ['string', 'Its domain.'],
  domain: ['string', 'Name of its domain.'],
  owner: ['list', 'Accounts that manage it: account, accountid and domainid of each.'],
  projectaccountname: ['string', 'Name of the account that owns its things.'],
  state: ['string', 'Active or Suspended; Disabled while it is removed.'],
  created: ['date', 'When it was made.'],
  ...projectUsageFields,
} as const satisfies Fields

export const projectResponse = defineResponse('project', fields)

const presentProject =
  (members: readonly Membership[], usage: (id: string) => Usage) =>
  (row: Project): Presented<typeof fields> => ({
    id: row.id,
    name: row.name,
    displaytext: row.displaytext,
    domainid: row.domain,
    domain: row.domainname,
    owner: members
      .filter(({ project, role }) => project === row.id && role === 'Admin')
      .map(({ account, name }) => ({ account: name, accountid: account, domainid: row.domain })),
    projectaccountname: row.accountname,
    state: row.leaving ? 'Disabled' : row.state,
    created: row.created,
    ...usage(row.account),
  })

/** The projects of an answer with who manages them and what they have, read at once. */
export const presentProjects = async (db: Kysely<Database>, rows: readonly Project[]) => {
  const members = await membersOf(
    db,
    rows.map(({ id }) => id),
  )
  const owners = rows.map(({ account }) => ({ id: account, type: 'Project' }) as const)
  return rows.map(presentProject(members, await usageOfAccounts(db, owners)))
}

/** The project as answers show it; undefined when it is gone. */
export const oneProject = async (db: Kysely<Database>, id: string) => {
  const project = await findProject(db, id)
  return project && (await presentProjects(db, [project]))[0]
}
