import { isMap, shapeText } from '../compile/table.ts'
import type { NamedMap, NamedSet, Table } from '../model.ts'
import { byName } from '../names.ts'
import { type ElementChange, elementChange } from './elements.ts'

type NamedObject = NamedSet | NamedMap

export interface ObjectChanges {
  readonly gone: readonly NamedObject[]
  readonly fresh: readonly NamedObject[]
  readonly changed: readonly ElementChange[]
  /** Emptied, and filled anew. */
  readonly rewritten: readonly NamedObject[]
}

/** nft takes intervals out of a plain set one by one, each in a time that grows with the set; as many cost a second. */
const MOST_REMOVED = 500

const isRewritten = ({ key, interval }: NamedObject, { removed }: ElementChange): boolean =>
  interval === true && key.length === 1 && removed.length > MOST_REMOVED

const objectsOf = (table: Table): Map<string, NamedObject> =>
  byName<NamedObject>('sets and maps', [...(table.sets ?? []), ...(table.maps ?? [])])

const sameShape = (a: NamedObject, b: NamedObject | undefined): boolean =>
  b !== undefined && isMap(a) === isMap(b) && shapeText(a) === shapeText(b)

const typesOf = (object: NamedObject): string =>
  [...object.key, ':', ...(isMap(object) ? [object.value].flat() : [])].join(' ')

/** Whether a set or map is to be of another type under its old name, which nft cannot do in one transaction. */
export const isRetyped = (before: Table, after: Table): boolean => {
  const old = objectsOf(before)
  return [...objectsOf(after).values()].some((object) => {
    const known = old.get(object.name)
    return known !== undefined && typesOf(known) !== typesOf(object)
  })
}

/** How the sets and maps of a table change; one of another type is gone and fresh. */
export const objectChanges = (before: Table, after: Table): ObjectChanges => {
  const old = objectsOf(before)
  const next = objectsOf(after)
  const kept = [...next.values()].filter((object) => sameShape(object, old.get(object.name)))
  const changes = kept.map((object) => ({ object, change: elementChange(old.get(object.name) ?? object, object) }))
  const isNew = ({ object, change }: (typeof changes)[number]): boolean => isRewritten(object, change)
  return {
    gone: [...old.values()].filter((object) => !sameShape(object, next.get(object.name))),
    fresh: [...next.values()].filter((object) => !sameShape(object, old.get(object.name))),
    changed: changes
      .filter((one) => !isNew(one))
      .map(({ change }) => change)
      .filter(({ removed, added }) => removed.length + added.length > 0),
    rewritten: changes.filter(isNew).map(({ object }) => object),
  }
}
