import { commands } from '@sysvm/manager/api/commands'
import { CLOUDSTACK_VERSION } from '@sysvm/manager/api/version'
import { type Answer, listOf, type Parameters } from '@sysvm/manager/cli/client'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Ground, makeGround, plan } from '../e2e/cloud/index.ts'
import { createLab, type EmulatedHost, type Lab, until } from '../lab/index.ts'
import { playbook } from './ansible.ts'
import { misfits } from './conform.ts'
import { type Access, runScript } from './python.ts'
import { shapeOf, type Tree, treeOf } from './tree.ts'

// A playbook starts a process for each of its tasks.
vi.setConfig({ testTimeout: 900_000 })

/** What they say is another thing each time. */
const ALWAYS_NEW = ['listDbMetrics', 'listManagementServersMetrics']

let lab: Lab
let ground: Ground
let host: EmulatedHost
let access: Access

beforeAll(async () => {
  lab = await createLab('clients')
  ground = await makeGround(lab, 'container', { SYSVM_CLOUD_API_PORT: '8080' })
  // The first keys of a fresh cloud come from the integration port.
  const { call } = ground.manager.client
  const [admin] = listOf(await call('listUsers', { username: 'admin' }), 'user')
  const { userkeys } = await call('registerUserKeys', { id: String(admin?.id) })
  const { apikey, secretkey } = userkeys as Answer
  access = { endpoint: 'http://127.0.0.1:8080/client/api', key: String(apikey), secret: String(secretkey) }
  host = await ground.newHost()
})
afterAll(() => lab?.[Symbol.asyncDispose]())

const run = <T = Answer>(script: string, input?: unknown): Promise<T> =>
  runScript(ground.management, access, script, input)

/** Names of what a fresh cloud offers. */
const choices = async (): Promise<Record<string, string>> => {
  const list = async (command: string, object: string, params = {}): Promise<readonly Answer[]> =>
    listOf(await ground.manager.client.call(command, params), object)
  const offerings = await list('listNetworkOfferings', 'networkoffering', { state: 'Enabled' })
  const offering = (forvpc: boolean): string =>
    String(offerings.find((one) => one.guestiptype === 'Isolated' && one.forvpc === forvpc)?.name)
  const [size] = await list('listServiceOfferings', 'serviceoffering')
  const [template] = await list('listTemplates', 'template', { templatefilter: 'executable' })
  return {
    offering: offering(false),
    tier_offering: offering(true),
    size: String(size?.name),
    template: String(template?.name),
  }
}

const fetchFrom = async (url: string): Promise<string> =>
  (await ground.outside.exec(['wget', '-q', '-T', '10', '-t', '3', '-O', '-', url])).stdout.trim()

describe("Debian's cs", () => {
  test('sets a data center up', async () => {
    const made = await run('cs/setup.py', {
      dns: plan.public.gateway,
      publicbridge: plan.publicBridge,
      pod: { gateway: '192.0.2.1', netmask: '255.255.255.0', startip: '192.0.2.100', endip: '192.0.2.199' },
      public: {
        gateway: plan.public.gateway,
        netmask: plan.public.netmask,
        startip: plan.public.start,
        endip: plan.public.end,
      },
      hypervisor: 'Container',
      host: host.url,
    })
    expect(made).toMatchObject({
      zone: { name: 'zone1', allocationstate: 'Enabled', networktype: 'Advanced' },
      host: { hypervisor: 'Container', zonename: 'zone1', podname: 'pod1', clustername: 'cluster1' },
    })
  })

  test('makes a network, a guest and rules that let the world in', async () => {
    const made = await run<Record<string, Answer>>('cs/deploy.py', { cidrs: ['203.0.113.0/24', '198.51.100.0/24'] })
    expect(made).toMatchObject({
      network: { name: 'cs-net', state: 'Implemented', cidr: '10.2.0.0/24' },
      guest: { state: 'Running', displayname: 'cs guest', nic: [{ ipaddress: '10.2.0.10' }] },
      rule: { cidrlist: '203.0.113.0/24,198.51.100.0/24', state: 'Active' },
      router: { state: 'Running', guestipaddress: '10.2.0.1' },
    })
    expect(await fetchFrom(`http://${made.address?.ipaddress}:8080/`)).toBe('hello from cs-guest')
  })
})

describe("Debian's Ansible", () => {
  const play = async (name: string) => playbook(lab, ground.management, access, name, await choices())

  test('makes a network, guests and rules, and finds nothing to change the second time', async () => {
    const first = await play('network.yml')
    expect(first.map(({ task, changed }) => `${task}: ${changed}`)).toEqual(first.map(({ task }) => `${task}: true`))
    expect(await fetchFrom('http://203.0.113.15:8081/')).toBe('hello from ansible-guest')
    expect(await fetchFrom('http://203.0.113.15:8082/')).toMatch(/^hello from ansible-(guest|second)$/)
    const second = await play('network.yml')
    expect(second.filter(({ changed }) => changed)).toEqual([])
    expect(second.map(({ task }) => task)).toEqual(first.map(({ task }) => task))
  })

  test('makes a VPC with a tier behind an access list, and finds nothing to change the second time', async () => {
    const first = await play('vpc.yml')
    expect(first.filter(({ changed }) => !changed)).toEqual([])
    expect((await play('vpc.yml')).filter(({ changed }) => changed)).toEqual([])
  })
})

describe('a client of its own with a parser of XML', () => {
  test('makes a network and a guest that the world may reach', async () => {
    const made = await run('xml/guest.py')
    expect(made).toEqual({
      text: [expect.stringContaining('😀'), (made.text as string[])[1]],
      state: ['Running', 'Active'],
      address: expect.stringMatching(/^203\.0\.113\.\d+$/),
      version: CLOUDSTACK_VERSION,
      refused: [
        [431, 'listzonesresponse', '431', '4350', true],
        [432, 'errorresponse', '432', '9999', true],
      ],
    })
    expect((made.text as string[])[0]).toBe((made.text as string[])[1])
    expect(await fetchFrom(`http://${made.address}:8080/`)).toBe('hello from xml-guest')
  })

  test('reads in every list what JSON says, which is as the registry describes it', async () => {
    const [guest] = listOf(await ground.manager.client.call('listVirtualMachines'), 'virtualmachine')
    const [rule] = listOf(await ground.manager.client.call('listLoadBalancerRules'), 'loadbalancerrule')
    const more: Readonly<Record<string, Parameters>> = {
      listLBHealthCheckPolicies: { lbruleid: String(rule?.id) },
      listLBStickinessPolicies: { lbruleid: String(rule?.id) },
      listLoadBalancerRuleInstances: { id: String(rule?.id) },
      listNics: { virtualmachineid: String(guest?.id) },
      listTemplates: { templatefilter: 'all' },
    }
    const calls = commands
      .filter(({ name }) => name.startsWith('list'))
      .map((command) => ({ command, params: more[command.name] ?? {} }))
      .filter(({ command, params }) =>
        Object.entries(command.params).every(([name, { required }]) => !required || name in params),
      )
      .map(({ command, params }) => ({ command: command.name, ...params }))
    const full = new Set<string>()
    // What they answer may change between two calls.
    await until('XML and JSON say the same', async () => {
      const trees = await run<Tree[]>('xml/lists.py', calls)
      for (const [index, { command, ...params }] of calls.entries()) {
        const answer = treeOf(await ground.manager.client.call(command, params))
        if (answer !== '') full.add(command)
        const seen = ALWAYS_NEW.includes(command) ? shapeOf : (tree: Tree) => tree
        expect({ command, tree: seen(trees[index] ?? '') }).toEqual({ command, tree: seen(answer) })
      }
      return true
    })
    const wrong: string[] = []
    for (const { command, ...params } of calls) {
      const { object, fields } = commands.find(({ name }) => name === command)?.response ?? { object: '', fields: {} }
      const answer = await ground.manager.client.call(command, params)
      for (const item of listOf(answer, object)) wrong.push(...misfits(item, fields, object))
    }
    expect([...new Set(wrong)]).toEqual([])
    expect([...full]).toEqual(
      expect.arrayContaining(['listApis', 'listHosts', 'listRouters', 'listNics', 'listFirewallRules', 'listVPCs']),
    )
  })

  test('takes down what it made', async () => {
    expect(await run<unknown>('xml/remove.py')).toEqual([])
  })
})

describe("Debian's Libcloud", () => {
  test('makes a guest with a key, an address and rules, and finds all of it again', async () => {
    const made = await run('libcloud/node.py')
    expect(made).toEqual({
      state: 'running',
      private: [expect.stringMatching(/^10\.2\.0\.\d+$/)],
      nics: made.private,
      address: expect.stringMatching(/^203\.0\.113\.\d+$/),
      forwards: [[made.address, 'TCP', '8080', '80']],
      rules: ['8080'],
      key: '-----BEGIN RSA PRIVATE KEY-----',
      vpcs: ['ansible-vpc'],
      stopped: 'Stopped',
      started: 'Running',
    })
    expect(await fetchFrom(`http://${made.address}:8080/`)).toBe('hello from libcloud-guest')
  })
})

describe('all of them', () => {
  test('leave nothing behind', async () => {
    const left = await run<Record<string, unknown[]>>('cs/teardown.py')
    expect(Object.entries(left).filter(([, things]) => things.length > 0)).toEqual([])
  })
})
