import { renderMetrics } from '@sysvm/agent/server/metrics'
import { expect, it } from 'vitest'

it('is Prometheus text, with label values quoted', () => {
  const text = renderMetrics({
    status: {
      name: 'r-1-VM',
      role: 'router',
      firmware: '0.1.0',
      image: 'a"b\\c',
      platform: 'p',
      patch: { running: null, staged: null, failed: null },
      bootId: 'x',
      uptimeSeconds: 12,
      confirmed: 7,
      pending: null,
      lastFailure: null,
    },
    health: { healthy: false, services: { dns: { healthy: true }, dhcp: { healthy: false, reason: 'silent' } } },
    counters: { commits: 3, failures: 1, rollbacks: 1, confirms: 2, lastCommitSeconds: 0.25 },
    residentBytes: 1024,
  })
  expect(text).toContain('sysvm_agent_info{name="r-1-VM",role="router",firmware="0.1.0",image="a\\"b\\\\c"} 1\n')
  expect(text).toContain('# TYPE sysvm_commits_total counter\nsysvm_commits_total 3\n')
  expect(text).toContain('sysvm_service_healthy{service="dns"} 1\nsysvm_service_healthy{service="dhcp"} 0\n')
  expect(text).toContain('sysvm_generation_pending 0\n')
  // Every line is a comment or a sample, and the text ends with a line feed.
  expect(
    text
      .split('\n')
      .slice(0, -1)
      .every((line) => /^(# (HELP|TYPE) \w+ .+|\w+(\{.*\})? \S+)$/.test(line)),
  ).toBe(true)
})
