import type { ControlClient } from '@sysvm/manager/api/dependencies'

/** The control connection to a machine that is well and has nothing to tell. */
export const contentAgent = async (): Promise<ControlClient> => ({
  status: async () => ({
    ...{ name: 'r-1-VM', role: 'router', firmware: '1', image: 'a', bootId: 'b', uptimeSeconds: 1 },
    ...{ confirmed: 1, pending: null, lastFailure: null },
    ...{ platform: 'p', patch: { running: null, staged: null, failed: null } },
  }),
  health: async () => ({ healthy: true, services: {} }),
  checks: async () => ({ healthy: true, checks: [] }),
  diagnose: async () => ({ ok: true, output: '', exitCode: 0 }) as never,
  explain: async () => ({ verdict: 'accept', steps: [] }) as never,
  drift: async () => ({ generation: 1, differences: [] }),
  plan: async () => ({ generation: 2, files: [], netfilter: '', actions: [], dropsFlows: false }),
  log: async () => '',
  close: async () => {},
})
