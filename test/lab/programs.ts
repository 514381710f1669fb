import { join } from 'node:path'

const top = join(import.meta.dirname, '../..')

/** What tests start again and again as processes of their own. */
export const sources = {
  manager: 'manager/main.ts',
  // Beside the manager, which starts it.
  connector: 'manager/hosts/local/connector.ts',
  'simulated-manager': 'test/fault/manager/process.ts',
  agent: 'test/fault/agent/main.ts',
  ask: 'test/lab/router/ask.ts',
  client: 'test/lab/router/client.ts',
  metadata: 'test/lab/router/metadata.ts',
  netboot: 'test/lab/router/netboot.ts',
} as const

/** File to run: bundled by the vitest run (run.ts), which starts in a third of the time, else the source itself. */
export const program = (name: keyof typeof sources): string =>
  process.env.SYSVM_TEST_PROGRAMS === undefined
    ? join(top, sources[name])
    : join(process.env.SYSVM_TEST_PROGRAMS, `${name}.js`)
