import type { Interval } from '../values.ts'
import type { Entry, Region, Span } from './region.ts'

const spansMeet = (a: Span, b: Span): boolean => a.first <= b.last && b.first <= a.last
const spanCovers = (a: Span, b: Span): boolean => a.first <= b.first && a.last >= b.last

/** Both lists are sorted and without neighbours, so one walk through both is enough. */
const intervalsMeet = (a: readonly Interval[], b: readonly Interval[]): boolean => {
  let [left, right] = [0, 0]
  for (;;) {
    const [one, other] = [a[left], b[right]]
    if (one === undefined || other === undefined) return false
    if (one.last < other.first) left += 1
    else if (other.last < one.first) right += 1
    else return true
  }
}

const intervalsCover = (a: readonly Interval[], b: readonly Interval[]): boolean => {
  let left = 0
  return b.every(({ first, last }) => {
    while ((a[left]?.last ?? last) < last) left += 1
    const over = a[left]
    return over !== undefined && over.first <= first
  })
}

const regionsMeet = (a: Region, b: Region): boolean =>
  a.family === b.family &&
  spansMeet(a.protocol, b.protocol) &&
  spansMeet(a.detail, b.detail) &&
  intervalsMeet(a.source, b.source) &&
  intervalsMeet(a.destination, b.destination)

const regionCovers = (a: Region, b: Region): boolean =>
  a.family === b.family &&
  spanCovers(a.protocol, b.protocol) &&
  spanCovers(a.detail, b.detail) &&
  intervalsCover(a.source, b.source) &&
  intervalsCover(a.destination, b.destination)

/** Whether some packet matches both. */
export const meets = (a: Entry, b: Entry): boolean =>
  a.regions.some((region) => b.regions.some((other) => regionsMeet(region, other)))

/** Whether every packet that matches `b` matches `a`. */
export const covers = (a: Entry, b: Entry): boolean =>
  b.regions.every((other) => a.regions.some((region) => regionCovers(region, other)))
