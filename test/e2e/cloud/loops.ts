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

/** What the guests said of requests that failed. */
const lostOf = async (cloud: Cloud): Promise<readonly string[]> => {
  const machines = await cloud.list('listVirtualMachines', 'virtualmachine')
  const facts = await Promise.all(machines.map(({ id }) => cloud.facts(String(id)).catch(() => ({}))))
  return facts.flatMap((said) =>
    Object.entries(said).flatMap(([key, why]) => (key.startsWith('lost-') ? [`${key}: ${why}`] : [])),
  )
}

/** Of all that the guest has sent between the first and the last of these requests, none was lost. */
const expectNoGap = async (cloud: Cloud, numbers: readonly number[]): Promise<void> => {
  const seen = new Set(numbers)
  const first = Math.min(...numbers)
  const all = Array.from({ length: Math.max(...numbers) - first }, (_, index) => first + index)
  const missing = all.filter((number) => !seen.has(number))
  if (missing.length > 0) expect({ missing, said: await lostOf(cloud) }).toEqual({ missing: [], said: [] })
}

/** Watches for gaps from now on; each is told once, so that it fails the test it happened in and no other. */
export const watchGaps = (cloud: Cloud): (() => Promise<void>) => {
  let told = Math.max(loops(cloud).length - 1, 0)
  return async () => {
    await moreLoops(cloud)
    const heard = loops(cloud)
    const since = told
    told = heard.length
    await expectNoGap(cloud, heard.slice(since))
  }
}
