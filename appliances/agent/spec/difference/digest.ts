import { hash } from 'node:crypto'
import { isList, isObject, type Json, type JsonList, type JsonObject, keysOf, sharedEnds } from './json.ts'

/** Half of SHA-256: nobody finds a second document of the same digest. */
const BYTES = 16

const sha = (data: string | Uint8Array): Buffer => hash('sha256', data, 'buffer').subarray(0, BYTES)

/** Documents are values. Small objects are read again rather than remembered. */
const digests = new WeakMap<object, Buffer>()
const itemDigests = new WeakMap<JsonList, Buffer>()

const isContainer = (value: Json | undefined): value is JsonList | JsonObject =>
  typeof value === 'object' && value !== null

const listDigest = (list: JsonList, before: JsonList | undefined): Buffer => {
  const items = Buffer.allocUnsafe(1 + list.length * BYTES)
  items.write('[')
  const known = before === undefined ? undefined : itemDigests.get(before)
  const { head, tail } = before === undefined || known === undefined ? { head: 0, tail: 0 } : sharedEnds(before, list)
  const end = list.length - tail
  known?.copy(items, 1, 1, 1 + head * BYTES)
  known?.copy(items, 1 + end * BYTES, known.length - tail * BYTES)
  const paired = before !== undefined && before.length === list.length
  for (let index = head; index < end; index++)
    digestOf(list[index] ?? null, paired ? before[index] : undefined).copy(items, 1 + index * BYTES)
  itemDigests.set(list, items)
  return sha(items)
}

const objectDigest = (
  object: JsonObject,
  before: JsonObject | undefined,
): readonly [digest: Buffer, nested: boolean] => {
  let nested = false
  const texts = keysOf(object)
    .sort()
    .map((key) => {
      const value = object[key] ?? null
      if (!isContainer(value)) return `${JSON.stringify(key)}:${JSON.stringify(value)}`
      nested = true
      return `${JSON.stringify(key)}:#${digestOf(value, before?.[key]).toString('hex')}`
    })
  return [sha(`{${texts.join(',')}}`), nested]
}

const digestOf = (value: Json, before: Json | undefined): Buffer => {
  if (!isContainer(value)) return sha(JSON.stringify(value))
  const found = digests.get(value)
  if (found !== undefined) return found
  if (isList(value)) {
    const digest = listDigest(value, isList(before) ? before : undefined)
    digests.set(value, digest)
    return digest
  }
  const [digest, nested] = objectDigest(value, isObject(before) ? before : undefined)
  if (nested) digests.set(value, digest)
  return digest
}

/**
 * A digest of what a document says: the order of members and the spelling do not count, the order of lists does. Of an
 * object the digest is that of its sorted members, of a list that of its items' digests. Where the document was made from
 * `before`, whose digest was asked for, only what they do not share is read.
 */
export const treeDigest = (document: object, before?: object): string =>
  digestOf(document as Json, before as Json | undefined).toString('hex')
