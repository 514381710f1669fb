import { applyEdits, differenceTo, Edit, editsBetween, type Json, treeDigest } from '@sysvm/agent/spec/difference'
import { isSysvmError } from '@sysvm/errors'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

const key = fc.constantFrom('a', 'b', 'c', 'constructor', '0', 'ü')
const scalar = fc.oneof(fc.constantFrom<Json>(null, true, 0, 1, '', 'x', '#00'), fc.string({ maxLength: 3 }))
/** Few values, so that much is alike, repeated and moved. */
const { value } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 6 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}))
const document = fc.dictionary(key, value, { maxKeys: 5, noNullPrototype: true })

describe('edits between two documents', () => {
  it('lead from the one to the other, over the wire too, and leave the one as it is', () => {
    fc.assert(
      fc.property(document, document, (before, after) => {
        const [old, next] = [copy(before), copy(after)]
        const edits = copy(editsBetween(old, next)).map((edit) => Edit.parse(edit))
        expect(applyEdits(old, edits)).toEqual(next)
        expect(old).toEqual(copy(before))
      }),
      { numRuns: 1000 },
    )
  })

  it('are one splice for one more among many, wherever it comes', () => {
    const list = Array.from({ length: 100 }, (_, id) => ({ id }))
    const next = list.toSpliced(40, 0, { id: 1000 })
    expect(editsBetween({ list }, { list: next })).toEqual([{ path: ['list'], at: 40, drop: 0, add: [{ id: 1000 }] }])
  })

  it('touch only what changed, in several places of a list', () => {
    const list = Array.from({ length: 100 }, (_, id) => ({ id }))
    const next = list.toSpliced(90, 1).toSpliced(10, 2, { id: 1000 })
    expect(editsBetween({ list }, { list: next })).toEqual([
      { path: ['list'], at: 90, drop: 1, add: [] },
      { path: ['list'], at: 10, drop: 2, add: [{ id: 1000 }] },
    ])
  })

  it('go into items of a list that hold lists', () => {
    const before = {
      views: [
        { device: 'eth1', records: [1, 2] },
        { device: 'eth2', records: [] },
      ],
    }
    const after = {
      views: [
        { device: 'eth1', records: [1, 2, 3] },
        { device: 'eth2', records: [] },
      ],
    }
    expect(editsBetween(before, after)).toEqual([{ path: ['views', 0, 'records'], at: 2, drop: 0, add: [3] }])
  })

  it('share with the base what they do not touch', () => {
    const base = { kept: [{ id: 1 }], list: [{ id: 1 }, { id: 2 }] }
    const next = applyEdits(base, [{ path: ['list'], at: 2, drop: 0, add: [{ id: 3 }] }]) as typeof base
    expect(next.kept).toBe(base.kept)
    expect(next.list[1]).toBe(base.list[1])
  })

  it.for<[string, Edit]>([
    ['a member that is not there', { path: ['no'], unset: true }],
    ['a place behind the end', { path: ['list'], at: 3, drop: 0, add: [] }],
    ['more than there are', { path: ['list'], at: 1, drop: 2, add: [] }],
    ['a list that is none', { path: ['text'], at: 0, drop: 0, add: [] }],
    ['a way through a text', { path: ['text', 'deep', 'er'], set: 1 }],
    ['a way through what every object has', { path: ['constructor', 'name'], set: 1 }],
    ['a name in a list', { path: ['list', 'length'], set: 0 }],
    ['an item behind the end', { path: ['list', 2], set: 0 }],
    ['an item taken out by name', { path: ['list', 0], unset: true }],
  ])('are refused where they do not fit: %s', ([, edit]) => {
    const attempt = (): unknown => {
      try {
        return applyEdits({ list: [1, 2], text: 'x' }, [edit])
      } catch (error) {
        return isSysvmError(error) ? error.code : error
      }
    }
    expect(attempt()).toBe('SYSVM_SPEC_BASE')
  })

  it('cannot name the prototype', () => {
    expect(Edit.safeParse({ path: ['__proto__', 'x'], set: 1 }).success).toBe(false)
  })
})

describe('the digest of a document', () => {
  it('is the same from nothing and from what an earlier document shares with it', () => {
    fc.assert(
      fc.property(document, document, document, (first, second, third) => {
        let held = copy(first) as object
        treeDigest(held)
        for (const next of [second, third]) {
          const to = applyEdits(held as Json, editsBetween(held, next)) as object
          expect(treeDigest(to, held)).toBe(treeDigest(copy(next)))
          held = to
        }
      }),
      { numRuns: 500 },
    )
  })

  it('tells any two documents apart', () => {
    fc.assert(
      fc.property(document, document, (one, other) => {
        const same = JSON.stringify(sorted(one)) === JSON.stringify(sorted(other))
        expect(treeDigest(copy(one)) === treeDigest(copy(other))).toBe(same)
      }),
      { numRuns: 1000 },
    )
  })

  it('knows the order of a list and not that of members', () => {
    expect(treeDigest({ a: 1, b: [1, 2] })).toBe(treeDigest({ b: [1, 2], a: 1 }))
    expect(treeDigest({ a: [1, 2] })).not.toBe(treeDigest({ a: [2, 1] }))
  })
})

const sorted = (json: Json): Json => {
  if (Array.isArray(json)) return json.map(sorted)
  if (typeof json !== 'object' || json === null) return json
  return Object.fromEntries(
    Object.entries(json)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, sorted(member as Json)]),
  )
}

describe('a difference', () => {
  it('says which document it leads to, and leaves out what is undefined', () => {
    const base = { generation: 3, digest: 'base', document: { generation: 3, gone: 1, list: [1, 2] } }
    const next = { generation: 5, list: [1, 2, 3], absent: undefined }
    const told = differenceTo(base, next)
    expect(told?.difference).toMatchObject({ generation: 5, base: { generation: 3, digest: 'base' } })
    expect(told?.difference.digest).toBe(treeDigest(copy(next)))
    expect(told?.held).toMatchObject({ generation: 5, digest: treeDigest(copy(next)) })
  })
})
