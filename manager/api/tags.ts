import type { Kysely } from 'kysely'
import type { Database } from '../model/schema.ts'
import { type Tag, tagsOf } from '../model/tag.ts'
import type { AnswerKind, Listed } from './command.ts'
import { type OwnerFields, ownersIn } from './owner.ts'
import type { WireObject } from './wire/value.ts'

/** A tag with its owner, as listTags and the things themselves show it. */
export const presentTag = (
  {
    key,
    value,
    resource_type,
    resource,
    customer,
  }: Pick<Tag, 'key' | 'value' | 'resource_type' | 'resource'> & {
    readonly customer?: string | null
  },
  owner: OwnerFields | undefined,
) => ({ key, value, resourcetype: resource_type, resourceid: resource, ...owner, customer: customer ?? null })

const idOf = (item: WireObject): string => String(item.id)

/** The answer's things with their tags: one query for a page, another one for the tags' owners where there are any. */
export const withTags = async <T>(db: Kysely<Database>, kind: AnswerKind, answer: T): Promise<T> => {
  const things =
    kind === 'list' ? (answer as Listed<WireObject>).items : kind === 'object' ? [answer as WireObject] : []
  const ids = things.filter(({ id }) => typeof id === 'string').map(idOf)
  if (ids.length === 0) return answer
  const tags = await tagsOf(db, ids)
  const owners = await ownersIn(db, tags)
  const byThing = Map.groupBy(tags, ({ resource }) => resource)
  const filled = things.map((thing) => ({
    ...thing,
    tags: (byThing.get(idOf(thing)) ?? []).map((tag) => presentTag(tag, owners(tag.account))),
  }))
  return (kind === 'list' ? { ...answer, items: filled } : filled[0]) as T
}
