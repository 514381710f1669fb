import { elementsOf, elementText } from '../compile/element.ts'
import { isMap, shapeText } from '../compile/table.ts'
import type { NamedMap, NamedSet, Table } from '../model.ts'
import { byName } from '../names.ts'

type NamedObject = NamedSet | NamedMap

export interface ElementChange {
  readonly name: string
  readonly removed: readonly string[]
  readonly added: readonly string[]
}

export interface ObjectChanges {
  readonly gone: readonly NamedObject[]
  readonly fresh: readonly NamedObject[]
  readonly changed: readonly ElementChange[]
}

const objectsOf = (table: Table): Map<string, NamedObject> =>
  byName<NamedObject>('sets and maps', [...(table.sets ?? []), ...(table.maps ?? [])])

const elementChange = (before: NamedObject, after: NamedObject): ElementChange => {
  const old = elementsOf(before)
  const next = elementsOf(after)
  return {
    name: after.name,
    // A changed value is a deletion and an addition: nft has no other update, and both are in one transaction.
    removed: [...old].filter(([key, value]) => next.get(key) !== value).map(([key]) => key),
    added: [...next].filter(([key, value]) => old.get(key) !== value).map(([key, value]) => elementText(key, value)),
  }
}

const sameShape = (a: NamedObject, b: NamedObject | undefined): boolean =>
  b !== undefined && isMap(a) === isMap(b) && shapeText(a) === shapeText(b)

/** How the sets and maps of a table change; one of another type is gone and fresh. */
export const objectChanges = (before: Table, after: Table): ObjectChanges => {
  const old = objectsOf(before)
  const next = objectsOf(after)
  const kept = [...next.values()].filter((object) => sameShape(object, old.get(object.name)))
  return {
    gone: [...old.values()].filter((object) => !sameShape(object, next.get(object.name))),
    fresh: [...next.values()].filter((object) => !sameShape(object, old.get(object.name))),
    changed: kept
      .map((object) => elementChange(old.get(object.name) ?? object, object))
      .filter(({ removed, added }) => removed.length + added.length > 0),
  }
}
