import type { Drift, Health, Status } from '@sysvm/agent/api'
import type { ControlClient } from '@sysvm/manager/hosts/control'
import { rememberTold, tellSpec } from '@sysvm/manager/orchestration/router/tell'
import type { World } from '@sysvm/manager/orchestration/world'
import type { RouterServices, RouterSpec } from '@sysvm/router/spec'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLab, type Lab, until } from '../lab/index.ts'
import { manyReservations, startRouter, type TestRouter } from './agent/container.ts'
import { agentPid, inside } from './agent/inside.ts'

// One router for all: every test leaves it in generation 1, until the last ones go on to 2.
let lab: Lab
let router: TestRouter

beforeAll(async () => {
  lab = await createLab('agent-router')
  router = await startRouter(lab)
  await router.ready()
  await router.commit(router.spec(1))
})
afterAll(async () => {
  await lab[Symbol.asyncDispose]()
})

const dns = (address: string): Partial<RouterServices> => ({
  dns: {
    views: [
      {
        device: 'eth1',
        listen: ['10.1.0.1'],
        domain: 'cs1.internal',
        upstreams: ['198.51.100.1'],
        records: [{ name: 'who.cs1.internal', address }],
      },
    ],
  },
})

/** A generation that changes DNS, DHCP and the firewall at once. */
const second = () => router.spec(2, { ...dns('10.1.9.9'), dhcp: manyReservations(50), firewall: { egress: 'deny' } })

/** By the kernel's and the daemons' own files, and by the agent's own comparison with both. */
const expectWholly = async (generation: 1 | 2): Promise<void> => {
  await using control = await router.connect()
  const drift = await control.request<Drift>('GET', '/v1/drift')
  expect(drift).toEqual({ generation, differences: [] })
  expect(await control.request<Health>('GET', '/v1/health')).toMatchObject({ healthy: true })
  // Egress that is denied has a list of its own, to which this map leads.
  const leaving = await inside(router, 'nft', 'list', 'map', 'inet', 'sysvm_filter', 'leaving')
  expect(leaving.includes('"eth1"')).toBe(generation === 2)
  const kea = await inside(router, 'sh', '-c', 'cat /run/sysvm/live/dhcp/*')
  expect(kea.includes('10.1.1.50')).toBe(generation === 2)
}

describe('a commit that cuts the manager off', () => {
  it('rolls itself back within the deadline, and says so afterwards', async () => {
    const confused = router.spec(2, {
      interfaces: {
        interfaces: [
          // The control nic is taken for the public one: its firewall lets no SSH in.
          { device: 'eth0', mac: '0e:00:00:00:01:00', role: 'public', addresses: ['198.51.100.2/24'] },
          { device: 'eth1', mac: '0e:00:00:00:01:01', role: 'guest', addresses: ['10.1.0.1/16'] },
          { device: 'eth2', mac: '0e:00:00:00:01:02', role: 'control', addresses: ['169.254.9.1/16'] },
        ],
      },
      nat: { source: [{ network: '10.1.0.0/16', device: 'eth0', address: '198.51.100.2' }], static: [], forwards: [] },
    })
    await using control = await router.connect()
    // Whether the answer still gets out is a matter of luck; the commit was made either way.
    const put = router.put(control, confused, 8).catch(() => undefined)
    await until('the new addresses are there', async () =>
      (await inside(router, 'ip', '-4', 'address', 'show', 'dev', 'eth0')).includes('198.51.100.2'),
    )
    await expect(router.host.exec(['nc', '-z', '-w', '1', '169.254.9.1', '3922'])).rejects.toThrow()
    const status = await until('it is back and has told why', async () => {
      await using back = await router.connect()
      const now = await back.request<Status>('GET', '/v1/status')
      return now.pending === null && now
    })
    await control.close()
    await put
    expect(status).toMatchObject({
      confirmed: 1,
      pending: null,
      lastFailure: { code: 'SYSVM_CONFIRM_TIMEOUT', step: 'confirm', generation: 2 },
    })
    await expectWholly(1)
  })
})

describe('the agent of the real firmware, killed in a commit', () => {
  // Somewhere in the commit: the outcome must be the same wherever it was.
  it.for([5, 30, 80, 150, 250])('after about %i ms, leaves one generation wholly', async (delay) => {
    const pid = await until('the agent runs', () => agentPid(router))
    await using control = await router.connect()
    const put = router.put(control, second()).catch(() => undefined)
    await new Promise((resolve) => setTimeout(resolve, delay))
    process.kill(pid, 'SIGKILL')
    await put
    await until('systemd has started it again', async () => ![undefined, pid].includes(await agentPid(router)))
    await router.ready()
    await expectWholly(1)
  })
})

it('refuses what contradicts itself, and nothing changes', async () => {
  const twice = manyReservations(2)
  const [subnet] = twice?.subnets ?? []
  const [reservation] = subnet?.reservations ?? []
  if (twice === undefined || subnet === undefined || reservation === undefined) throw new Error('no reservation')
  const spec = router.spec(2, {
    dhcp: { ...twice, subnets: [{ ...subnet, reservations: [reservation, reservation] }] },
  })
  await using control = await router.connect()
  await expect(router.put(control, spec)).rejects.toMatchObject({ code: 'SYSVM_SPEC_INVALID' })
  await expectWholly(1)
})

it('looks into itself for an operator', async () => {
  await using control = await router.connect()
  const ask = (body: object) =>
    control.request<{ ok: boolean; output: string; explanation?: string[] }>('POST', '/v1/diagnostics', { body })
  expect(await ask({ kind: 'ping', target: '198.51.100.1', count: 1 })).toMatchObject({ ok: true })
  expect(await ask({ kind: 'ping', target: '10.1.77.77', count: 1 })).toMatchObject({ ok: false })
  expect(await ask({ kind: 'traceroute', target: '198.51.100.1' })).toMatchObject({ ok: true })
  expect(await ask({ kind: 'arping', target: '198.51.100.1', device: 'eth2', count: 1 })).toMatchObject({ ok: true })
  const traced = ask({ kind: 'trace-explain', protocol: 'tcp', destination: '198.51.100.2', port: 81, seconds: 2 })
  const knocking = setInterval(() => {
    router.host.connect('198.51.100.2', 81).catch(() => undefined)
  }, 300)
  const { explanation } = await traced
  clearInterval(knocking)
  expect(explanation?.some((sentence) => sentence.includes('drop'))).toBe(true)
  expect(await control.request('GET', '/v1/logs?unit=sysvm-dnsmasq@eth1&lines=5')).toContain('dnsmasq')
  const metrics = await control.request<string>('GET', '/v1/metrics')
  expect(metrics).toContain('sysvm_service_healthy{service="dhcp"} 1')
})

it('is not confirmed by a new channel of the old SSH connection', async () => {
  await using control = await router.connect()
  await router.put(control, second())
  await expect(control.request('POST', '/v1/confirm', { body: { generation: 2 } })).rejects.toMatchObject({
    code: 'SYSVM_CONFIRM_CONNECTION',
  })
  await using fresh = await router.connect()
  expect(await fresh.request<Status>('POST', '/v1/confirm', { body: { generation: 2 } })).toMatchObject({
    confirmed: 2,
  })
  await expectWholly(2)
})

it('a reboot with the manager down returns to service', async () => {
  await router.driver.stopMachine(router.machine.name)
  await router.driver.ensureMachine(router.machine)
  await router.ready()
  await until('it serves', async () => {
    await using control = await router.connect()
    return (await control.request<Health>('GET', '/v1/health')).healthy
  })
  await expectWholly(2)
})

it('is told differences by its manager, also after its agent died', async () => {
  const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
  const world = { log: quiet, keys: { sign: router.sign } } as unknown as World
  const methods: string[] = []
  const tell = async (generation: number, count: number): Promise<void> => {
    const source = [{ network: '10.1.0.0/16', device: 'eth2', address: '198.51.100.2' }]
    const forwards = Array.from({ length: count }, (_, index) => ({
      ...{ id: `rule-${index}`, address: '198.51.100.2', protocol: 'tcp' as const },
      ...{ port: 2000 + index, guest: '10.1.1.1', guestPort: 80 },
    }))
    const spec = router.spec(generation, { nat: { source, static: [], forwards } }) as RouterSpec
    await using control = await router.connect()
    const client: Pick<ControlClient, 'request'> = {
      request: (method, path, options) => {
        methods.push(method)
        return control.request(method, path, options)
      },
    }
    const { told } = await tellSpec(world, client, 'router', spec, generation - 1)
    await using fresh = await router.connect()
    await fresh.request('POST', '/v1/confirm', { body: { generation } })
    rememberTold(world, 'router', told)
  }
  const expectForwards = async (generation: number, count: number): Promise<void> => {
    const map = await inside(router, 'nft', 'list', 'map', 'ip', 'sysvm_nat', 'forwards')
    expect(map.match(/198\.51\.100\.2 \. /g)).toHaveLength(count)
    await using control = await router.connect()
    expect(await control.request<Drift>('GET', '/v1/drift')).toEqual({ generation, differences: [] })
  }

  const confirmed = (await router.ready()).confirmed ?? 0
  await tell(confirmed + 1, 100)
  await tell(confirmed + 2, 101)
  await expectForwards(confirmed + 2, 101)
  const pid = await until('the agent runs', () => agentPid(router))
  process.kill(pid, 'SIGKILL')
  await until('systemd has started it again', async () => ![undefined, pid].includes(await agentPid(router)))
  await router.ready()
  await tell(confirmed + 3, 99)
  await expectForwards(confirmed + 3, 99)
  expect(methods).toEqual(['PUT', 'PATCH', 'PATCH'])
})
