import type { Kysely } from 'kysely'
import type { Account } from '../../model/account.ts'
import { ROOT_DOMAIN } from '../../model/identity.ts'
import { countsBeneath, countsOf } from '../../model/limit/count.ts'
import { type Amounts, type LimitKind, limitKinds, UNLIMITED } from '../../model/limit/kinds.ts'
import { type Limited, type Limits, limitsOf } from '../../model/limit/limit.ts'
import type { Database } from '../../model/schema.ts'
import type { Field } from '../response.ts'
import { limitedOf } from './whose.ts'

type Word = LimitKind['field']
type UsageName<W extends Word = Word> = `${W}limit` | `${W}total` | `${W}available`
/** What answers about accounts, domains and projects say of their things. */
export type Usage<W extends Word = Word> = Readonly<Record<UsageName<W>, string | number>>

const words: Readonly<Record<Word, string>> = {
  vm: 'guests',
  ip: 'public addresses',
  volume: 'volumes',
  snapshot: 'snapshots',
  template: 'templates',
  project: 'projects',
  network: 'networks',
  vpc: 'VPCs',
  cpu: 'processors of guests',
  memory: 'MiB of memory of guests',
  primarystorage: 'GiB of primary storage',
  secondarystorage: 'GiB of secondary storage',
}

const fieldsFor = (kinds: readonly LimitKind[]) =>
  Object.fromEntries(
    kinds.flatMap(({ field }): [string, Field][] => [
      [`${field}limit`, ['string', `How many ${words[field]} there may be, or Unlimited.`]],
      [`${field}total`, ['long', `How many ${words[field]} there are.`]],
      [`${field}available`, ['string', `How many more ${words[field]} there may be, or Unlimited.`]],
    ]),
  )

/** Fields of responses of accounts and domains; of projects, which have no projects. */
export const usageFields = fieldsFor(limitKinds) as Readonly<Record<UsageName, Field>>
export const projectUsageFields = fieldsFor(limitKinds.filter(({ field }) => field !== 'project')) as Readonly<
  Record<UsageName<Exclude<Word, 'project'>>, Field>
>

const shown = (most: number): string => (most === UNLIMITED ? 'Unlimited' : String(most))

type Shown = LimitKind & { readonly names: readonly [UsageName, UsageName, UsageName] }

/** Names are put together once and not for every account of a page. */
const shownKinds = limitKinds.map(
  (kind): Shown => ({ ...kind, names: [`${kind.field}limit`, `${kind.field}total`, `${kind.field}available`] }),
)
const ofProjects = shownKinds.filter(({ field }) => field !== 'project')

const usageOf = (limits: Limits | undefined, counts: Amounts, kinds: readonly Shown[]): Usage => {
  const usage: Partial<Record<UsageName, string | number>> = {}
  for (const { type, name, names } of kinds) {
    const [most, total] = [limits?.get(type) ?? UNLIMITED, counts[name] ?? 0]
    usage[names[0]] = shown(most)
    usage[names[1]] = total
    usage[names[2]] = most === UNLIMITED ? shown(most) : String(Math.max(0, most - total))
  }
  return usage as Usage
}

/** What accounts have and may have, by id; those of projects without what projects have not. A few queries for all. */
export const usageOfAccounts = async (
  db: Kysely<Database>,
  accounts: readonly Pick<Account, 'id' | 'type'>[],
): Promise<(id: string) => Usage> => {
  const [limits, counts] = await Promise.all([
    limitsOf(db, accounts.map(limitedOf)),
    countsOf(
      db,
      accounts.map(({ id }) => id),
    ),
  ])
  const projects = new Set(accounts.flatMap(({ id, type }) => (type === 'Project' ? [id] : [])))
  const kinds = (id: string) => (projects.has(id) ? ofProjects : shownKinds)
  return (id) => usageOf(limits.get(id), counts.get(id) ?? {}, kinds(id))
}

/** What domains have with all that is beneath them, and may have. */
export const usageOfDomains = async (
  db: Kysely<Database>,
  domains: readonly { readonly id: string; readonly path: string }[],
): Promise<(id: string) => Usage> => {
  const limited = domains.map(({ id }): Limited => ({ kind: 'domain', id, unlimited: id === ROOT_DOMAIN }))
  const [limits, counts] = await Promise.all([
    limitsOf(db, limited),
    countsBeneath(
      db,
      domains.map(({ path }) => path),
    ),
  ])
  const paths = new Map(domains.map(({ id, path }) => [id, path]))
  return (id) => usageOf(limits.get(id), counts.get(paths.get(id) ?? '') ?? {}, shownKinds)
}
