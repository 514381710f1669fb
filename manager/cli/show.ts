import { type Answer, isObject } from './client.ts'
import { card, table } from './table.ts'

/** An answer of the API for people: a table for a list, a card for one object. */
export const show = (answer: Answer, width: number): string => {
  const entries = Object.entries(answer)
  const list = entries.find(([, value]) => Array.isArray(value) && value.every(isObject))
  if (list !== undefined) {
    const items = list[1] as Answer[]
    const total = Number(answer.count ?? items.length)
    return `${table(items, width)}\n${items.length === total ? total : `${items.length} of ${total}`} in all`
  }
  if (entries.length === 0) return 'nothing found'
  const [only] = entries
  return card(entries.length === 1 && only !== undefined && isObject(only[1]) ? only[1] : answer)
}
