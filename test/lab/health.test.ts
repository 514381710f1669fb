import type { HealthCheck, HealthReport } from '@sysvm/agent/api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLab, type Lab } from './lab.ts'
import { type RealRouter, realSpec, startRealRouter } from './real-router.ts'
import { baseSpec } from './router/spec.ts'
import { until } from './until.ts'

let lab: Lab
let router: RealRouter
const spec = realSpec(baseSpec as unknown as Parameters<typeof realSpec>[0])

const check = () => router.ask<HealthReport>('POST', '/v1/checks', { body: {} })
const failed = ({ checks }: HealthReport): HealthCheck[] => checks.filter(({ success }) => !success)

beforeAll(async () => {
  lab = await createLab('health')
  router = await startRealRouter(lab)
  await router.commit(spec)
})
afterAll(() => lab?.[Symbol.asyncDispose]())

test('every service is asked, and DHCP and NAT are used as guests use them', async () => {
  const report = await check()
  expect(failed(report)).toEqual([])
  expect(report.healthy).toBe(true)
  expect(report.checks.map(({ name, type }) => `${name} ${type}`)).toEqual([
    'interfaces basic',
    'firewall basic',
    'nat basic',
    'dhcp basic',
    'dns basic',
    'metadata basic',
    'nat.use advanced',
    'dhcp.use advanced',
  ])
  expect(await router.ask('GET', '/v1/checks')).toEqual(report)
})

test('a check leaves nothing behind: no lease, no connection, no device', async () => {
  await check()
  expect(await router.ask('GET', '/v1/state/dhcp')).toEqual([])
  expect(await router.inside('ip -o link; nft list tables')).not.toMatch(/sysvm-t|explain/)
  expect(await router.inside('conntrack -L 2>/dev/null || :')).not.toContain('192.0.2.1')
})

test('NAT that was taken from under the router is found by its use only', async () => {
  await router.inside('nft flush map ip sysvm_nat source_nat')
  const report = await check()
  expect(failed(report).map(({ name }) => name)).toEqual(['nat.use'])
  expect(failed(report)[0]?.details).toMatch(/leaves by eth2 as 10\.1\.1\.254, not as 198\.51\.100\.5/)
  await router.inside('nft add element ip sysvm_nat source_nat \'{ "eth2" . 10.1.1.0/24 : 198.51.100.5 }\'')
  expect(failed(await check())).toEqual([])
})

test('a device that is down is found, and that Kea does not hear guests on it', async () => {
  await router.inside('ip link set dev eth1 down')
  expect(failed(await check()).map(({ name }) => name)).toEqual(expect.arrayContaining(['interfaces', 'dhcp.use']))
  await router.inside('ip link set dev eth1 up; ip address replace 10.1.1.1/24 dev eth1')
  await until('all is well', async () => failed(await check()).length === 0)
})
