import type { RouterBase, RouterNetwork } from '@sysvm/manager/orchestration/router/base'
import { loadbalancer } from '@sysvm/manager/orchestration/router/parts/loadbalancer'
import type { LoadBalancerRows, RuleRow } from '@sysvm/manager/orchestration/router/parts/loadbalancer-rows'
import { LoadBalancerSpec } from '@sysvm/router/spec'
import { describe, expect, it } from 'vitest'
import { base as isolated, network, offering, virtualRouter } from '../state.ts'

const withLb = (id: string, device: string, more: Partial<RouterNetwork> = {}): RouterNetwork => ({
  ...network,
  id,
  device,
  offering: { ...offering, services: { ...offering.services, Lb: virtualRouter } },
  ...more,
})
const base: RouterBase = { ...isolated, networks: [withLb(network.id, 'eth1')] }

const row = (more: Partial<RuleRow> = {}): RuleRow => ({
  id: 'aaaaaaaa-0000-4000-8000-000000000001',
  network: network.id,
  address: '203.0.113.10',
  source_network: null,
  source_address: null,
  protocol: 'http',
  algorithm: 'roundrobin',
  public_port: 80,
  private_port: 8080,
  cidrs: [],
  limits: {},
  timeouts: {},
  method: null,
  params: null,
  check: null,
  ...more,
})
const rows = (rules: readonly RuleRow[], more: Partial<LoadBalancerRows> = {}): LoadBalancerRows => ({
  rules,
  members: [],
  assigned: [],
  certificates: [],
  statistics: { visibility: 'disabled', uri: '/admin?stats', port: 8081, auth: '' },
  maxConnections: 10_000,
  idleMs: 0,
  ...more,
})
/** What the router would read; what it would refuse fails the test. */
const specOf = (given: LoadBalancerRows, of: RouterBase = base) => {
  const spec = loadbalancer.spec(of, given)
  return spec && LoadBalancerSpec.parse(spec)
}
const ruleOf = (given: RuleRow, more: Partial<LoadBalancerRows> = {}) => specOf(rows([given], more))?.rules[0]

describe('the load balancer of a router', () => {
  it('is off without rules, without the service and without the address', () => {
    expect(specOf(rows([]))).toBeUndefined()
    expect(specOf(rows([row()]), isolated)).toBeUndefined()
    expect(specOf(rows([row({ address: '203.0.113.99' })]))).toBeUndefined()
  })

  it('sends clients to members that are on the network, a further address by its own id', () => {
    const member = { rule: row().id, secondary: null, address: null }
    const members = [
      { ...member, nic: 'n7' },
      { ...member, nic: 'n7', secondary: 's1', address: '10.1.1.77' },
      { ...member, nic: 'gone' },
      { ...member, rule: 'another', nic: 'n7' },
    ]
    expect(ruleOf(row({ cidrs: ['192.0.2.0/24'] }), { members })).toMatchObject({
      device: 'eth1',
      address: '203.0.113.10',
      port: 80,
      members: [
        { id: 'n7', address: '10.1.1.2', port: 8080 },
        { id: 's1', address: '10.1.1.77', port: 8080 },
      ],
      allow: ['192.0.2.0/24'],
    })
    expect(ruleOf(row({ cidrs: ['192.0.2.0/24', '0.0.0.0/0'] }))?.allow).toEqual([])
  })

  it('is on the address of one tier and governed by the members', () => {
    const web = withLb('web', 'eth2', { cidr: '10.0.1.0/24', gateway: '10.0.1.1' })
    const app = withLb('app', 'eth3', { cidr: '10.0.2.0/24', gateway: '10.0.2.1' })
    const inner = row({ network: 'app', address: null, source_network: 'web', source_address: '10.0.1.200' })
    const vpc: RouterBase = { ...base, networks: [web, app] }
    expect(specOf(rows([inner]), vpc)?.rules).toMatchObject([{ device: 'eth3', address: '10.0.1.200' }])
    expect(specOf(rows([inner]), { ...vpc, networks: [app] })).toBeUndefined()
  })

  it('shows certificates by their order, and nothing without one', () => {
    const ssl = row({ protocol: 'ssl', public_port: 443 })
    expect(ruleOf(ssl)).toBeUndefined()
    const pem = (label: string) => `-----BEGIN ${label}-----\nTUFE\n-----END ${label}-----\n`
    const certificate = (id: string) => ({ id, chain: pem('CERTIFICATE'), key: pem('PRIVATE KEY') })
    const spec = specOf(
      rows([ssl], {
        assigned: ['c2', 'c1'].map((cert) => ({ rule: ssl.id, cert })),
        certificates: ['c1', 'c2', 'c3'].map(certificate),
      }),
    )
    expect(spec?.rules[0]?.certificates).toEqual(['c2', 'c1'])
    expect(spec?.certificates.map(({ id }) => id)).toEqual(['c1', 'c2'])
  })

  it('keeps clients by what the policy says, with the defaults of CloudStack', () => {
    const sticky = (method: NonNullable<RuleRow['method']>, params: Record<string, string>, more = {}) =>
      ruleOf(row({ method, params, ...more }))
    expect(sticky('LbCookie', {})?.stickiness).toMatchObject({ cookieName: 'LB-aaaaaaaa', mode: 'insert', domains: [] })
    expect(
      sticky('LbCookie', { 'cookie-name': 'S', mode: 'prefix', indirect: 'true', domain: 'a.example' })?.stickiness,
    ).toMatchObject({ cookieName: 'S', mode: 'prefix', indirect: true, nocache: false, domains: ['a.example'] })
    expect(sticky('AppCookie', { 'cookie-name': 'J' })?.stickiness).toMatchObject({ length: 52, holdSeconds: 10_800 })
    expect(
      sticky('AppCookie', { 'cookie-name': 'J', holdtime: '90m', mode: 'query-string' })?.stickiness,
    ).toMatchObject({ holdSeconds: 5400, mode: 'query-string' })
    expect(sticky('SourceBased', { tablesize: '1m', expire: '1500' })?.stickiness).toEqual({
      method: 'SourceBased',
      tableSize: 1_048_576,
      expireSeconds: 2,
    })
    // A cookie needs HTTP; datagrams have their source alone.
    expect(sticky('LbCookie', {}, { protocol: 'tcp' })?.protocol).toBe('http')
    expect(sticky('SourceBased', {}, { protocol: 'tcp' })?.protocol).toBe('tcp')
    expect(sticky('SourceBased', {}, { protocol: 'udp' })).toMatchObject({ protocol: 'udp', algorithm: 'source' })
    expect(sticky('SourceBased', {}, { protocol: 'udp' })?.stickiness).toBeUndefined()
  })

  it('checks members and waits as it is told', () => {
    const check = {
      kind: 'http',
      path: '/up',
      codes: null,
      port: 81,
      timeout: 3,
      interval: 4,
      healthy: 1,
      unhealthy: 2,
    }
    expect(ruleOf(row({ check: check as RuleRow['check'] }))?.check).toEqual({
      ...{ kind: 'http', path: '/up', codes: '200-399', port: 81 },
      ...{ timeoutSeconds: 3, intervalSeconds: 4, healthyThreshold: 1, unhealthyThreshold: 2 },
    })
    expect(ruleOf(row({ timeouts: { client: 5 } }), { idleMs: 70 })?.timeouts).toEqual({ client: 5, server: 70 })
    expect(ruleOf(row({ protocol: 'udp' }), { idleMs: 70 })?.timeouts).toBeUndefined()
    expect(ruleOf(row())?.timeouts).toBeUndefined()
  })

  it.each([
    ['disabled', undefined],
    ['guest-network', { address: '10.1.1.1', allow: ['10.1.1.0/24'] }],
    ['global', { address: '203.0.113.10', allow: ['0.0.0.0/0'] }],
  ])('shows its statistics where %s says', (visibility, place) => {
    const settings = { visibility, uri: '/admin?stats', port: 9000, auth: 'me:s3:cret' }
    const spec = specOf(rows([row()], { statistics: settings }))
    expect(spec?.statistics).toEqual(
      place && { ...place, port: 9000, path: '/admin?stats', user: 'me', password: 's3:cret' },
    )
    expect(specOf(rows([row()], { statistics: { ...settings, auth: '' } }))?.statistics).toBeUndefined()
    // A rule of the same port goes first.
    expect(specOf(rows([row()], { statistics: { ...settings, visibility: 'global', port: 80 } }))?.statistics).toBe(
      undefined,
    )
  })
})
