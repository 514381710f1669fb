import type { Kysely } from 'kysely'
import { type DomainShown, findDomainShown } from '../../model/domain.ts'
import type { Database } from '../../model/schema.ts'
import { type Usage, usageFields, usageOfDomains } from '../limit/usage.ts'
import { defineResponse, type Fields, type Presented } from '../response.ts'

const fields = {
  id: ['string', "The domain's id."],
  name: ['string', 'Its name.'],
  level: ['integer', 'How deep it lies; ROOT is 0.'],
  parentdomainid: ['string', 'The domain above it.'],
  parentdomainname: ['string', 'Name of the domain above it.'],
  haschild: ['boolean', 'Whether there are domains beneath it.'],
  networkdomain: ['string', 'DNS domain of its networks that name none.'],
  path: ['string', 'Names from ROOT down to it, with slashes.'],
  state: ['string', 'Active, or Inactive while it is removed.'],
  created: ['date', 'When it was made.'],
  hasannotations: ['boolean', 'Whether it has comments.'],
  ...usageFields,
} as const satisfies Fields

export const domainResponse = defineResponse('domain', fields)

const presentDomain =
  (usage: (id: string) => Usage) =>
  (row: DomainShown): Presented<typeof fields> => ({
    id: row.id,
    name: row.name,
    level: row.path.split('/').length - 1,
    parentdomainid: row.parent,
    parentdomainname: row.parentname,
    haschild: row.haschild,
    networkdomain: row.networkdomain,
    path: row.path,
    state: row.state,
    created: row.created,
    hasannotations: false,
    ...usage(row.id),
  })

/** The domains of an answer with what they have. */
export const presentDomains = async (db: Kysely<Database>, rows: readonly DomainShown[]) =>
  rows.map(presentDomain(await usageOfDomains(db, rows)))

/** The domain as answers show it. */
export const oneDomain = async (db: Kysely<Database>, id: string) => {
  const domain = await findDomainShown(db, id)
  const [shown] = domain === undefined ? [] : await presentDomains(db, [domain])
  return shown ?? {}
}
