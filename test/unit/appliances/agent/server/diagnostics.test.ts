import { Diagnostic, diagnose } from '@sysvm/agent/server/diagnostics'
import { explain, traceRuleset } from '@sysvm/agent/server/trace'
import type { Effects } from '@sysvm/agent/service'
import { describe, expect, it } from 'vitest'

const recording = (): { readonly effects: Effects; readonly runs: (readonly string[])[] } => {
  const runs: (readonly string[])[] = []
  const run: Effects['run'] = async (argv) => {
    runs.push(argv)
    return { stdout: 'said', stderr: '' }
  }
  return { runs, effects: { run } as Effects }
}

describe('the grammar is closed', () => {
  it.for([
    { kind: 'ping', target: '-f' },
    { kind: 'ping', target: '10.1.1.1; reboot' },
    { kind: 'ping', target: '10.1.1.1', count: 1_000_000 },
    { kind: 'ping', target: '10.1.1.1', device: '-x' },
    { kind: 'ping', target: '10.1.1.1', flood: true },
    { kind: 'shell', target: 'true' },
    { kind: 'trace-explain', protocol: 'tcp; drop', port: 80 },
    { kind: 'trace-explain', protocol: 'tcp', seconds: 3600 },
  ])('%o', (request) => {
    expect(Diagnostic.safeParse(request).success).toBe(false)
  })
})

it('runs the program with arguments of its own', async () => {
  const { effects, runs } = recording()
  const result = await diagnose(Diagnostic.parse({ kind: 'ping', target: '10.1.1.1', device: 'eth1' }), effects)
  expect(result).toEqual({ ok: true, output: 'said', exitCode: 0 })
  expect(runs).toEqual([['ping', '-n', '-c', '3', '-i', '0.2', '-W', '1', '-I', 'eth1', '10.1.1.1']])
})

it('marks one flow, in a table of its own', () => {
  expect(traceRuleset({ source: '10.1.1.2', protocol: 'tcp', port: 80, seconds: 5 })).toBe(
    [
      'table inet sysvm_trace {}',
      'delete table inet sysvm_trace',
      'table inet sysvm_trace { ' +
        'chain prerouting { type filter hook prerouting priority -400; policy accept; ip saddr 10.1.1.2 meta l4proto tcp tcp dport 80 limit rate 20/second meta nftrace set 1; }; ' +
        'chain output { type filter hook output priority -400; policy accept; ip saddr 10.1.1.2 meta l4proto tcp tcp dport 80 limit rate 20/second meta nftrace set 1; }; }',
      '',
    ].join('\n'),
  )
})

it('tells which rules decided', () => {
  const monitor = `trace id 1a2b inet sysvm_trace output packet: oif "lo" ip saddr 127.0.0.1
trace id 1a2b inet sysvm_trace output rule meta l4proto tcp meta nftrace set 1 (verdict continue)
trace id 1a2b inet filter input rule tcp dport 80 drop (verdict drop)
trace id 3c4d inet filter input verdict continue
trace id 3c4d inet filter input policy accept
`
  expect(explain(monitor)).toEqual([
    '1a2b: in inet filter input, the rule “tcp dport 80 drop (verdict drop)” matches',
    '3c4d: inet filter input ends with continue',
    '3c4d: in inet filter input, no rule decides, so the policy is accept',
  ])
})
