import { isMap, shapeText } from '../compile/table.ts'
import type { NamedMap, NamedSet, Table } from '../model.ts'
import { byName } from '../names.ts'
import { type ElementChange, elementChange } from './elements.ts'

type NamedObject = NamedSet | NamedMap

export interface ObjectChanges {
  readonly gone: readonly NamedObject[]
  readonly fresh: readonly NamedObject[]
  readonly changed: readonly ElementChange[]
}

const objectsOf = (table: Table): Map<string, NamedObject> =>
  byName<NamedObject>('sets and maps', [...(table.sets ?? []), ...(table.maps ?? [])])

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
