import { abandoned, streamsOf, workersOf } from '@sysvm/router/loadbalancer/abandon'
import { configurationOf } from '@sysvm/router/loadbalancer/configuration'
import { LoadBalancerSpec } from '@sysvm/router/loadbalancer/spec'
import { expect, it } from 'vitest'

const wholeOf = (...rules: readonly object[]) => ({
  configuration: configurationOf(
    LoadBalancerSpec.parse({
      rules: rules.map((rule) => ({
        ...{ device: 'eth1', address: '198.51.100.5', protocol: 'tcp', algorithm: 'roundrobin', members: [] },
        ...rule,
      })),
    }),
  ),
})

it('finds the listeners that go or move, and no others', () => {
  const before = wholeOf({ id: 'a', port: 1 }, { id: 'b', port: 2 }, { id: 'c', port: 3 })
  const after = wholeOf({ id: 'b', port: 2, algorithm: 'leastconn' }, { id: 'c', port: 4 }, { id: 'd', port: 1 })
  expect([...abandoned(before, after)]).toEqual(['in-a', 'in-c'])
})

it('finds the processes that serve or wait, and what came in by a listener', () => {
  const processes = `#<PID>          <type>          <reloads>       <uptime>        <version>
2329            master          1 [failed: 0]   0d00h00m06s     3.0.11
# workers
2487            worker          0               0d00h00m01s     3.0.11
# old workers
2337            worker          1               0d00h00m06s     3.0.11
# programs
`
  expect(workersOf(processes)).toEqual(['2487', '2337'])
  const sessions = `0x55e194ca89b0: proto=tcpv4 src=127.0.0.1:33412 fe=in-a be=to-a srv=s ts=00 epoch=0 age=8s
0x55e194ca89c0: proto=tcpv4 src=127.0.0.1:33413 fe=in-ab be=to-ab srv=s ts=00 epoch=0 age=8s
0x55e194dc2cf0: proto=sockpair src=unix:2 fe=GLOBAL be=<NONE> srv=<none> ts=00 epoch=0 age=0s
`
  expect(streamsOf(sessions, new Set(['in-a']))).toEqual(['0x55e194ca89b0'])
})
