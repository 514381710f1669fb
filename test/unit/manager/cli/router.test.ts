import { exitOf } from '@sysvm/manager/cli/exit'
import { expect, test } from 'vitest'
import { type Answers, startManager, sysvm } from './fixture.ts'

const routers = {
  count: 1,
  router: [{ id: 'u1', name: 'r-1-VM', state: 'Running', guestnetworkname: 'demo', publicip: '203.0.113.10' }],
}
const answers = (more: Answers): Answers => ({ listRouters: () => routers, ...more })

test.each(['r-1-VM', 'u1', 'demo'])('show finds the router by %s and joins both views', async (name) => {
  const status = { routerstatus: { generation: 3, confirmed: 3 } }
  await using manager = await startManager(answers({ getRouterStatus: () => status }))
  const { out } = await sysvm(manager.url, ['router', 'show', name])
  expect(out).toBe(
    [
      'id                u1',
      'name              r-1-VM',
      'state             Running',
      'guestnetworkname  demo',
      'publicip          203.0.113.10',
      'generation        3',
      'confirmed         3',
      '',
    ].join('\n'),
  )
  expect(manager.calls.at(-1)).toMatchObject({ command: 'getRouterStatus', id: 'u1' })
})

test('an unknown router is an error that names those there are', async () => {
  await using manager = await startManager(answers({}))
  const { error } = await sysvm(manager.url, ['router', 'show', 'r-2-VM'])
  expect(error).toMatchObject({ code: 'SYSVM_NOT_FOUND', message: 'there is no router r-2-VM; there are r-1-VM' })
  expect(exitOf(error)).toBe(4)
})

test('plan shows diffs, the nft transaction, actions and what happens to flows', async () => {
  const plan = {
    generation: 4,
    files: [{ path: 'dns/hosts', diff: '-old\n+new' }],
    netfilter: 'add element ip nat pf { 1 }\n',
    actions: [
      { service: 'dns', verb: 'reload', target: 'sysvm-dnsmasq.service', why: 'hosts changed', dropsFlows: false },
    ],
    dropsFlows: false,
  }
  await using manager = await startManager(answers({ getRouterPlan: () => ({ routerplan: plan }) }))
  const { out } = await sysvm(manager.url, ['router', 'plan', 'demo'])
  expect(out).toBe(`-old
+new
nft:
add element ip nat pf { 1 }

dns: reload sysvm-dnsmasq.service: hosts changed
established flows survive
`)
})

test('a plan of nothing and no drift say so', async () => {
  const plan = { generation: 4, files: [], netfilter: '', actions: [], dropsFlows: false }
  await using manager = await startManager(
    answers({
      getRouterPlan: () => ({ routerplan: plan }),
      getRouterDrift: () => ({ routerdrift: { generation: 4, differences: [] } }),
    }),
  )
  expect((await sysvm(manager.url, ['router', 'plan', 'demo'])).out).toBe('nothing would change\n')
  expect((await sysvm(manager.url, ['router', 'diff', 'demo'])).out).toBe('the router is as its generation says\n')
})

test('diff names what differs', async () => {
  const differences = [{ service: 'dns', what: 'sysvm-dnsmasq.service is not running' }]
  await using manager = await startManager(
    answers({ getRouterDrift: () => ({ routerdrift: { generation: 4, differences } }) }),
  )
  const { out } = await sysvm(manager.url, ['router', 'diff', 'demo'])
  expect(out).toBe('service  differs\ndns      sysvm-dnsmasq.service is not running\n')
})

test('logs prints the console as it is', async () => {
  await using manager = await startManager(
    answers({ getConsoleLog: () => ({ consolelog: { id: 'u1', log: 'booting\nready\n' } }) }),
  )
  expect((await sysvm(manager.url, ['router', 'logs', 'demo'])).out).toBe('booting\nready\n')
})

test('health checks now, and shows every check', async () => {
  const healthchecks = [
    { checkname: 'dns', checktype: 'basic', success: true, status: 'SUCCESS' },
    { checkname: 'dhcp.use', checktype: 'advanced', success: false, status: 'FAILED', details: 'no offer' },
  ]
  const result = { routerhealthchecks: { routerid: 'u1', healthchecks } }
  await using manager = await startManager(answers({ getRouterHealthCheckResults: () => result }))
  const { out } = await sysvm(manager.url, ['router', 'health', 'demo'])
  expect(out).toMatch(/dns +basic +SUCCESS/)
  expect(out).toMatch(/dhcp\.use +advanced +FAILED +no offer/)
  expect(manager.calls.at(-1)).toMatchObject({ routerid: 'u1', performfreshchecks: 'true' })
})

test('explain names the rule that decided', async () => {
  const explanation = {
    verdict: 'dropped',
    says: 'Rule r1 of the egress of eth1 denies it.',
    ruleid: 'r1',
    service: 'firewall',
    steps: [{ says: 'Rule r1 of the egress of eth1 denies it.' }, { verdict: 'drop' }],
  }
  await using manager = await startManager(answers({ explainRouterPacket: () => ({ routerexplanation: explanation }) }))
  const { out } = await sysvm(manager.url, ['router', 'explain', 'demo', '10.1.1.2', '192.0.2.1', 'tcp', '25'])
  expect(out).toBe(`dropped: Rule r1 of the egress of eth1 denies it.
rule: r1 (firewall)
- Rule r1 of the egress of eth1 denies it.
`)
  expect(manager.calls.at(-1)).toMatchObject({ id: 'u1', source: '10.1.1.2', port: '25', protocol: 'tcp' })
})

test.each([[[]], [['10.1.1.2']], [['10.1.1.2', '192.0.2.1', 'tcp']], [['10.1.1.2', '192.0.2.1', 'icmp', '8']]])(
  'explain wants a whole packet, not %j',
  async (words) => {
    await using manager = await startManager(answers({}))
    const { error } = await sysvm(manager.url, ['router', 'explain', 'demo', ...words])
    expect(error).toMatchObject({ code: 'SYSVM_USAGE' })
  },
)
