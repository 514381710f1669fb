import { expect } from 'vitest'
import { until } from '../../lab/index.ts'
import type { Cloud } from './index.ts'

/** Numbers of the requests of a guest with fetchForever that the site has seen so far. */
export const loops = (cloud: Cloud): number[] =>
  cloud.web.requests.flatMap(({ url }) => (url.startsWith('/loop/') ? [Number(url.slice('/loop/'.length))] : []))

/** Waits until the guest has been heard some times more. */
export const moreLoops = async (cloud: Cloud): Promise<void> => {
  const before = loops(cloud).length
  await until('the guest is heard again', () => loops(cloud).length > before + 2, { timeoutMs: cloud.patienceMs })
}

/** Of all that the guest has sent between the first and the last request seen, none was lost. */
export const expectNoGap = (numbers: readonly number[]): void => {
  const seen = new Set(numbers)
  const first = Math.min(...numbers)
  const all = Array.from({ length: Math.max(...numbers) - first }, (_, index) => first + index)
  expect(all.filter((number) => !seen.has(number))).toEqual([])
}
