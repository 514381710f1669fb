import { defineConfig } from 'vitest/config'

const project = (name: string, include: string[], extra: Record<string, unknown> = {}) => ({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: { name, include, ...extra },
})

/** One machine has one kernel and two cores: what boots machines runs one file at a time. */
const serial = { fileParallelism: false, maxWorkers: 1, testTimeout: 120_000, hookTimeout: 300_000 }

export default defineConfig({
  test: {
    projects: [
      project('unit', ['test/unit/**/*.test.ts']),
      project('lab', ['test/{lab,e2e,fault}/**/*.test.ts'], serial),
      project('vm', ['test/vm/**/*.test.ts'], { ...serial, testTimeout: 600_000, hookTimeout: 600_000 }),
    ],
  },
})
