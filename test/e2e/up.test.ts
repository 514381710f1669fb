import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { lastingLeftovers, type MachineState, machineState } from './machine-state.ts'
import { ownCloud, startSysvm, sysvm } from './sysvm.ts'

const cloud = ownCloud('sysvm-e2e-up', 8196)
const state = cloud.SYSVM_STATE ?? ''
let before: MachineState

interface Thing {
  readonly id: string
  readonly name: string
  readonly state: string
}

interface Summary {
  readonly driver: string
  readonly network: Thing & { readonly cidr: string }
  readonly router: Thing & { readonly publicip: string }
  readonly guest: Thing & { readonly nic: readonly { readonly ipaddress: string }[] }
  readonly proof: { readonly lease: string; readonly resolved: string; readonly fetched: string }
}

const up = async (): Promise<Summary> =>
  JSON.parse((await sysvm(cloud, 'up', '--yes', '--driver', 'container', '--json')).stdout) as Summary

const json = async (...words: string[]): Promise<Record<string, unknown>> =>
  JSON.parse((await sysvm(cloud, ...words, '--json')).stdout) as Record<string, unknown>

// Any of them may have to build the images, or to wait for another build on this machine.
vi.setConfig({ testTimeout: 600_000 })

beforeAll(async () => {
  await sysvm(cloud, 'down')
  before = machineState(state)
})
afterAll(() => sysvm(cloud, 'down'))

describe('up', () => {
  let first: Summary

  test('brings a cloud up whose guest proves its lease, its DNS and its NAT', async () => {
    first = await up()
    expect(first.driver).toBe('container')
    expect([first.network.state, first.router.state, first.guest.state]).toEqual(['Implemented', 'Running', 'Running'])
    const address = first.guest.nic[0]?.ipaddress ?? ''
    expect(address).toMatch(/^10\.1\.1\.\d+$/)
    expect(first.proof.lease.split('/')[0]).toBe(address)
    expect(first.proof.resolved).toBe('www.sysvm.example 198.51.100.10')
    // The site saw the router's public address, not the guest's.
    expect(first.proof.fetched).toBe(`hello ${first.router.publicip}`)
  })

  test('again changes nothing: the same things, no commit, no new process of the manager', async () => {
    const generation = (await json('router', 'show', first.router.name)).confirmed
    expect(generation).toBeGreaterThan(0)
    const manager = readFileSync(`${state}/manager.pid`, 'utf8')
    const again = await up()
    expect([again.network.id, again.router.id, again.guest.id]).toEqual([
      first.network.id,
      first.router.id,
      first.guest.id,
    ])
    expect(again.proof).toEqual(first.proof)
    expect((await json('router', 'show', first.router.name)).confirmed).toBe(generation)
    expect(readFileSync(`${state}/manager.pid`, 'utf8')).toBe(manager)
  })

  test('the router is as its generation says, and sending its spec would change nothing', async () => {
    expect((await json('router', 'diff', 'demo')).differences).toEqual([])
    expect(await json('router', 'plan', 'demo')).toMatchObject({ files: [], netfilter: '', actions: [] })
  })

  test('refuses the other driver and changes nothing', async () => {
    const { code, stderr } = await startSysvm(cloud, ['up', '--yes', '--driver', 'kvm']).ended
    expect(code).toBe(1)
    expect(stderr).toMatch(/^SYSVM_UP_DRIVER: the cloud on this machine was made with the container driver/m)
  })

  test('repairs a killed manager: the machines run on', async () => {
    process.kill(Number(readFileSync(`${state}/manager.pid`, 'utf8')), 'SIGKILL')
    const again = await up()
    expect(again.router.id).toBe(first.router.id)
    expect(again.guest.id).toBe(first.guest.id)
  })

  test('repairs a host that lost its power: every machine comes back', async () => {
    process.kill(Number(readFileSync(`${state}/demo/host.pid`, 'utf8').split(' ')[0]), 'SIGKILL')
    const again = await up()
    expect([again.router.id, again.router.state]).toEqual([first.router.id, 'Running'])
    expect(again.proof.fetched).toBe(first.proof.fetched)
  })
})

describe('down', () => {
  test('leaves nothing', async () => {
    await sysvm(cloud, 'down')
    expect(await lastingLeftovers(before, state)).toEqual({})
  })

  test('of nothing is fine', async () => {
    await sysvm(cloud, 'down')
    expect(await lastingLeftovers(before, state)).toEqual({})
  })

  test.each(['✓ network namespaces', '✓ host', '✓ manager', '✓ zone', '✓ network\u0020\u0020'])(
    'removes what an up left that was killed after "%s"',
    async (step) => {
      const running = startSysvm(cloud, ['up', '--yes', '--driver', 'container'])
      await running.said(step)
      running.child.kill('SIGKILL')
      const { stderr } = await running.ended
      expect(stderr).toContain(step)
      await sysvm(cloud, 'down')
      expect(await lastingLeftovers(before, state)).toEqual({})
    },
  )

  test('works when the manager is dead', async () => {
    await up()
    process.kill(Number(readFileSync(`${state}/manager.pid`, 'utf8')), 'SIGKILL')
    await sysvm(cloud, 'down')
    expect(await lastingLeftovers(before, state)).toEqual({})
  })
})

test('an up that is killed again and again comes up in the end, with one of each', async () => {
  for (const step of ['✓ host', '✓ manager', '✓ zone', '✓ this machine as a host', '✓ router and guest']) {
    const running = startSysvm(cloud, ['up', '--yes', '--driver', 'container'])
    await running.said(step)
    running.child.kill('SIGKILL')
    await running.ended
  }
  await up()
  const status = await json('status')
  for (const kind of ['zones', 'hosts', 'networks', 'routers', 'guests']) expect(status[kind], kind).toHaveLength(1)
  await sysvm(cloud, 'down')
  expect(await lastingLeftovers(before, state)).toEqual({})
})

test.each(['up', 'down'])('%s without root says what needs root and changes nothing', async (word) => {
  const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']
  const { code, stderr, stdout } = await startSysvm(cloud, [word], nobody).ended
  expect(code).toBe(5)
  expect(stdout).toBe('')
  expect(stderr).toMatch(/^SYSVM_NEEDS_ROOT: .*Debian packages.*namespaces.*\n$/)
  expect(await lastingLeftovers(before, state)).toEqual({})
})
