import { defineConfig } from 'vitest/config'

const project = (name: string, include: string[], extra: Record<string, unknown> = {}) => ({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: { name, include, ...extra },
})

/** What boots machines waits more than it works; each file's names and namespaces are its own. */
// Once more when a busy machine was too slow; vitest prints which, and a test that fails twice fails.
const machines = { maxWorkers: 2, retry: 1, testTimeout: 120_000, hookTimeout: 300_000 }
/** Compares the whole machine before and after. */
const alone = 'test/e2e/up.test.ts'

export default defineConfig({
  test: {
    projects: [
      project('unit', ['test/unit/**/*.test.ts']),
      project('lab', ['test/{lab,e2e,fault}/**/*.test.ts'], { ...machines, exclude: [alone] }),
      project('alone', [alone], { ...machines, maxWorkers: 1 }),
      project('vm', ['test/vm/**/*.test.ts'], { ...machines, testTimeout: 600_000, hookTimeout: 600_000 }),
    ],
  },
})
