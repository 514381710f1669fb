import { createHash } from 'node:crypto'
import { SysvmError } from '@sysvm/errors'

export interface Numbered {
  readonly id: string
  readonly number: number
}

/** What clients compute of the items they see, in their order: MD5 of their ids, put together. */
export const consistencyHash = (items: readonly Numbered[]): string =>
  createHash('md5')
    .update(items.map(({ id }) => id).join(''))
    .digest('hex')

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

/** Where in the list the item goes: after `previous`, before `next`, which are neighbours where both are given. */
const placeOf = (others: readonly Numbered[], previous: string | undefined, next: string | undefined): number => {
  const at = (id: string, parameter: string): number => {
    const place = others.findIndex((item) => item.id === id)
    if (place < 0) throw bad(`Parameter ${parameter}: the item ${id} is not another one of the same list.`)
    return place
  }
  const [after, before] = [
    previous === undefined ? undefined : at(previous, 'previousaclruleid') + 1,
    next === undefined ? undefined : at(next, 'nextaclruleid'),
  ]
  if (after !== undefined && before !== undefined && after !== before)
    throw bad('Parameter nextaclruleid: it does not follow previousaclruleid: list the items again.')
  const place = after ?? before
  if (place === undefined) throw bad('moveNetworkAclItem needs previousaclruleid or nextaclruleid: give one or both.')
  return place
}

/**
 * The numbers that change when an item is moved, sorted as the list is: the item takes the number behind the one before
 * it, and those that are in the way make room by one each. Pure.
 */
export const move = (
  items: readonly Numbered[],
  id: string,
  previous: string | undefined,
  next: string | undefined,
): readonly Numbered[] => {
  const others = items.filter((item) => item.id !== id)
  const place = placeOf(others, previous, next)
  const moved: Numbered[] = []
  let number = (others[place - 1]?.number ?? 0) + 1
  // Before the first one there may be room already.
  const first = others[place]
  if (place === 0 && first !== undefined && first.number > 1) number = first.number - 1
  moved.push({ id, number })
  for (const item of others.slice(place)) {
    if (item.number > number) break
    number += 1
    moved.push({ id: item.id, number })
  }
  const old = new Map(items.map((item) => [item.id, item.number]))
  return moved.filter((item) => old.get(item.id) !== item.number)
}
