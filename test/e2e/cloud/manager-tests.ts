import { test } from 'vitest'
import type { Driver } from './index.ts'

/** Tests of what the manager does, which is the same with any driver: with containers, where it takes no time. */
export const testsOfManager =
  (driver: Driver) =>
  (name: string, prove: () => Promise<void>): void => {
    if (driver === 'container') test(name, prove)
  }
