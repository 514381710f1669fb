import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './test/order.ts'
import { tellFailures } from './test/reporter.ts'

const project = (name: string, include: string[], extra: Record<string, unknown> = {}) => ({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: { name, include, ...extra },
})

/**
 * What boots machines waits more than it works, for daemons, time limits and each other: of two processors three files
 * use two thirds. Each file's names and namespaces are its own.
 */
const machines = {
  // Once more when a busy machine was too slow; vitest prints which, and a test that fails twice fails.
  retry: 1,
  maxWorkers: 3,
  testTimeout: 120_000,
  hookTimeout: 300_000,
  globalSetup: ['test/lab/run.ts'],
  setupFiles: ['test/lab/setup.ts'],
  // Managers and agents of tests are processes that start again and again from the same sources.
  env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/compile') },
}
/** Compares the whole machine before and after. */
const alone = 'test/e2e/up.test.ts'

const units = 'test/unit/**/*.test.ts'
/** Some start processes, which a busy machine takes its time over. */
const UNIT_MS = 60_000
/** What these put in place of a module must not be there for others. */
const mocking = globSync(units).filter((path) => readFileSync(path, 'utf8').includes('vi.mock('))

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    reporters: ['default', tellFailures],
    projects: [
      // One process for many files: half the time of these tests was that of importing the same sources again.
      project('unit', [units], { testTimeout: UNIT_MS, isolate: false, exclude: mocking }),
      project('unit-mocked', mocking, { testTimeout: UNIT_MS }),
      project('lab', ['test/{lab,e2e,fault,clients}/**/*.test.ts'], { ...machines, exclude: [alone] }),
      project('alone', [alone], { ...machines, maxWorkers: 1 }),
      // Emulated processors wait for nobody: two files keep both cores busy, a third makes all of them late.
      project('vm', ['test/vm/**/*.test.ts'], {
        ...machines,
        maxWorkers: 2,
        testTimeout: 600_000,
        hookTimeout: 600_000,
      }),
    ],
  },
})
