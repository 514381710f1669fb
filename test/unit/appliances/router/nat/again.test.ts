import { createFlatMapAgain } from '@sysvm/router/nat/again'
import fc from 'fast-check'
import { expect, it } from 'vitest'

interface Item {
  readonly id: number
  readonly count: number
}

const map = ({ id, count }: Item): readonly string[] => Array.from({ length: count }, (_, index) => `${id}.${index}`)
const item = (most: number) => fc.record({ id: fc.nat(99), count: fc.nat(most) })
const change = fc.record({ at: fc.nat(30), drop: fc.nat(5), add: fc.array(item(3), { maxLength: 5 }) })

it.for([0, 1] as const)('is flatMap, whatever came before; usually %s each', (usual) => {
  fc.assert(
    fc.property(fc.array(item(3), { maxLength: 20 }), fc.array(change, { maxLength: 8 }), (first, changes) => {
      const again = createFlatMapAgain(map, usual)
      let items: readonly Item[] = first
      expect(again(items)).toEqual(items.flatMap(map))
      for (const { at, drop, add } of changes) {
        items = items.toSpliced(Math.min(at, items.length), drop, ...add)
        expect(again(items)).toEqual(items.flatMap(map))
      }
    }),
    { numRuns: 500 },
  )
})

it('maps only what is new, and gives the same objects for what is not', () => {
  const mapped: number[] = []
  const again = createFlatMapAgain(({ id }: Item) => [{ made: mapped.push(id) }], 1)
  const first = [1, 2, 3].map((id) => ({ id, count: 1 }))
  const before = again(first)
  const after = again(first.toSpliced(1, 0, { id: 9, count: 1 }))
  expect(mapped).toEqual([1, 2, 3, 9])
  expect(after[3]).toBe(before[2])
  expect(again(first)).toBe(before)
})
