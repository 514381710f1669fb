import { SysvmError } from '@sysvm/errors'
import { z } from 'zod'
import { isList, isObject, type Json } from './json.ts'

/** Assigned to, this one would not be a member but the object's prototype. */
const Key = z.string().refine((key) => key !== '__proto__', { error: 'is no member of a spec' })
const Path = z.array(z.union([Key, z.int().min(0)]))

/** One step from one document to another: names of members and places in lists lead to what it is about. */
export const Edit = z.union([
  /** Gives a member a value, or a list another item at this place. */
  z.strictObject({ path: Path.min(1), set: z.custom<Json>((value) => value !== undefined) }),
  z.strictObject({ path: Path.min(1), unset: z.literal(true) }),
  /** From the place `at` on, `drop` items go and others come. */
  z.strictObject({
    path: Path,
    at: z.int().min(0),
    drop: z.int().min(0),
    add: z.custom<readonly Json[]>((value) => Array.isArray(value)),
  }),
])
export type Edit = z.infer<typeof Edit>
type Path = readonly (string | number)[]

type Container = Json[] | Record<string, Json>

const astray = (path: Path): SysvmError =>
  new SysvmError('SYSVM_SPEC_BASE', `The difference does not fit its base: ${path.join('.')} is not there.`, {
    details: { path: path.join('.') },
  })

const childOf = (parent: Container, key: string | number): Json | undefined => {
  if (isList(parent)) return typeof key === 'number' ? parent[key] : undefined
  return typeof key === 'string' && Object.hasOwn(parent, key) ? parent[key] : undefined
}

/** Containers that this run has copied may be changed in place; all others are shared with the base. */
const copier = () => {
  const own = new Set<Container>()
  return (value: Json | undefined, path: Path): Container => {
    if (!isList(value) && !isObject(value)) throw astray(path)
    if (own.has(value as Container)) return value as Container
    const copy = isList(value) ? value.slice() : { ...(value as Record<string, Json>) }
    own.add(copy)
    return copy
  }
}

const put = (parent: Container, key: string | number, value: Json, path: Path): void => {
  if (isList(parent)) {
    if (typeof key !== 'number' || key >= parent.length) throw astray(path)
    parent[key] = value
  } else if (typeof key === 'string') parent[key] = value
  else throw astray(path)
}

/**
 * The document that the edits lead to, one after the other. It shares with the base what they do not touch. Throws
 * SYSVM_SPEC_BASE where one does not fit. Pure.
 */
export const applyEdits = (base: Json, edits: readonly Edit[]): Json => {
  const copied = copier()
  const root = copied(base, [])
  const reach = (path: Path): Container => {
    let at = root
    for (const [index, key] of path.entries()) {
      const child = copied(childOf(at, key), path.slice(0, index + 1))
      put(at, key, child, path)
      at = child
    }
    return at
  }
  for (const edit of edits) {
    const { path } = edit
    if ('at' in edit) {
      const list = reach(path)
      if (!isList(list) || edit.at + edit.drop > list.length) throw astray(path)
      // Not by arguments: a call takes only so many.
      if (edit.add.length <= 1000) list.splice(edit.at, edit.drop, ...edit.add)
      else {
        const rest = list.splice(edit.at)
        for (const item of edit.add) list.push(item)
        for (const item of rest.slice(edit.drop)) list.push(item)
      }
      continue
    }
    const parent = reach(path.slice(0, -1))
    const key = path.at(-1) ?? ''
    if ('set' in edit) put(parent, key, edit.set, path)
    else if (isList(parent) || childOf(parent, key) === undefined) throw astray(path)
    else delete parent[key]
  }
  return root
}
