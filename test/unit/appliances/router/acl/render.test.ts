import { routerServices } from '@sysvm/router'
import { stillAllowed } from '@sysvm/router/acl/flows'
import { listenersOf } from '@sysvm/router/acl/listeners'
import { sidesOf } from '@sysvm/router/acl/sides'
import { AclSpec } from '@sysvm/router/acl/spec'
import { parseFlow } from '@sysvm/router/flows'
import { siteOf } from '@sysvm/router/site'
import type { AclInput, RouterServices } from '@sysvm/router/spec'
import { compile, merge, type Ruleset } from 'node-iptables'
import { expect, test } from 'vitest'
import { baseSpec, golden, wholeOf } from '../whole.ts'

const acl: AclInput = {
  devices: [
    {
      device: 'eth1',
      ingress: {
        otherwise: 'deny',
        rules: [
          { id: '1', action: 'deny', protocol: 'all', sources: ['203.0.113.7/32'] },
          { id: '2', action: 'allow', protocol: 'tcp', ports: [80, 80] },
          { id: '3', action: 'allow', protocol: 47, sources: ['192.0.2.0/24'] },
        ],
      },
      egress: { otherwise: 'allow' },
    },
    { device: 'eth4', ingress: { otherwise: 'deny' }, egress: { otherwise: 'allow' } },
  ],
}
const services: RouterServices = {
  interfaces: {
    ...baseSpec.interfaces,
    interfaces: [
      ...baseSpec.interfaces.interfaces,
      { device: 'eth4', mac: '02:00:ac:1e:00:01', role: 'private', addresses: ['172.30.0.1/24'] },
    ],
  },
  firewall: {},
  acl,
  loadbalancer: {
    maxConnections: 1000,
    certificates: [],
    rules: [{ id: 'lb1', device: 'eth1', address: '198.51.100.5', port: 8080, protocol: 'http', members: [] }],
  } as unknown as NonNullable<RouterServices['loadbalancer']>,
}
const whole = wholeOf(services)

const render = (...names: readonly string[]): Ruleset =>
  merge(
    routerServices
      .filter(({ name }) => names.includes(name))
      .map((service) => service.render(service.schema.parse(services[service.name as keyof RouterServices]), whole))
      .flatMap(({ ruleset }) => (ruleset === undefined ? [] : [ruleset])),
  )

test('lists of tiers and gateways are this part of the ruleset', () => {
  expect(compile(render('acl', 'firewall'))).toBe(golden('acl.nft'))
})

test('what is still allowed is what both sides allow, and what the tier allows of a listener', () => {
  const site = siteOf(
    [
      { type: 'local', dst: '198.51.100.5', dev: 'eth2', table: 'local' },
      { type: 'local', dst: '10.1.1.1', dev: 'eth1', table: 'local' },
      { dst: '10.1.1.0/24', dev: 'eth1' },
      { dst: '172.30.0.0/24', dev: 'eth4' },
      { dst: 'default', dev: 'eth2' },
    ],
    [],
  )
  const spec = AclSpec.parse(acl)
  const allowed = (line: string): boolean => {
    const flow = parseFlow(line)
    if (flow === undefined) throw new Error(line)
    return stillAllowed(sidesOf(spec, whole), listenersOf(whole), site)(flow)
  }
  const forwarded = (source: string, port: number): string =>
    `tcp 6 9 ESTABLISHED src=${source} dst=198.51.100.5 sport=9 dport=8000 src=10.1.1.10 dst=${source} sport=${port} dport=9 mark=0`
  expect([forwarded('192.0.2.1', 80), forwarded('192.0.2.1', 81), forwarded('203.0.113.7', 80)].map(allowed)).toEqual([
    true,
    false,
    false,
  ])
  const listener = (port: number): string =>
    `tcp 6 9 ESTABLISHED src=192.0.2.1 dst=198.51.100.5 sport=9 dport=${port} src=198.51.100.5 dst=192.0.2.1 sport=${port} dport=9 mark=0`
  // The listener is at 8080, which the list does not allow; at 9 is none, so no list is asked.
  expect([listener(8080), listener(9)].map(allowed)).toEqual([false, true])
  const gateway = (source: string, destination: string): string =>
    `tcp 6 9 ESTABLISHED src=${source} dst=${destination} sport=9 dport=80 src=${destination} dst=${source} sport=80 dport=9 mark=0`
  expect([gateway('172.30.0.9', '10.1.1.10'), gateway('10.1.1.10', '172.30.0.9')].map(allowed)).toEqual([false, true])
})
