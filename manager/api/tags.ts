import type { Kysely } from 'kysely'
import type { Database } from '../model/schema.ts'
import { type Tag, tagsOf } from '../model/tag.ts'
import type { AnswerKind, Listed } from './command.ts'
import { type OwnerFields, type Owners, ownersIn } from './owner.ts'
import type { ReadyObject, WireObject } from './wire/value.ts'

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
) =>
  ({
    key,
    value,
    resourcetype: resource_type,
    resourceid: resource,
    ...owner,
    customer: customer ?? undefined,
  }) satisfies ReadyObject

const idOf = (item: WireObject): string => String(item.id)

/** Tags of a thing by its id, as answers show them. */
export type TagsOf = (thing: string) => readonly ReturnType<typeof presentTag>[]

/**
 * Tags by the things that have them, as answers show them: one query, and one for their owners where there are any that
 * are not among those who are known already.
 */
export const readTags = async (
  db: Kysely<Database>,
  things: readonly string[],
  known?: Promise<Owners>,
): Promise<TagsOf> => {
  const [tags, before] = await Promise.all([tagsOf(db, things), known])
  const isKnown = before !== undefined && tags.every(({ account }) => before(account).domainid !== undefined)
  const owners = isKnown ? before : await ownersIn(db, tags)
  const byThing = Map.groupBy(tags, ({ resource }) => resource)
  return (thing: string) => (byThing.get(thing) ?? []).map((tag) => presentTag(tag, owners(tag.account)))
}

/** The answer's things with their tags, which some lists have begun to read together with their rows. */
export const withTags = async <T>(db: Kysely<Database>, kind: AnswerKind, answer: T): Promise<T> => {
  const things =
    kind === 'list' ? (answer as Listed<WireObject>).items : kind === 'object' ? [answer as WireObject] : []
  const ids = things.filter(({ id }) => typeof id === 'string').map(idOf)
  if (ids.length === 0) return answer
  const begun = kind === 'list' ? (answer as Listed<WireObject>).tags : undefined
  const tags = await (begun ?? readTags(db, ids))
  // They were made for this answer: to copy a page of them costs more than its tags.
  for (const thing of things) Object.assign(thing, { tags: tags(idOf(thing)) })
  return answer
}
