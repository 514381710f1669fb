import { LoadBalancerSpec } from '@sysvm/router/loadbalancer/spec'
import { validate } from '@sysvm/router/loadbalancer/validate'
import { describe, expect, test } from 'vitest'
import { type Balancer, everyRule, member, parsed, type RuleInput, rule, whole } from './spec.ts'

const check = (balancer: Balancer): void => validate(parsed(balancer), whole(balancer))

test('one rule of every kind', () => {
  expect(() => check(everyRule)).not.toThrow()
})

test.each<[string, Partial<RuleInput>, RegExp]>([
  ['an address of nobody', { address: '198.51.100.9' }, /listens at 198\.51\.100\.9/],
  ['the control network', { address: '169.254.1.2' }, /no public or guest interface/],
  ['a device that is no guest network', { device: 'eth2' }, /no guest interface of this name/],
  ['a member twice', { members: [member('a', 10), member('a', 11)] }, /has the member a twice/],
  ['an address twice', { members: [member('a', 10), member('b', 10)] }, /10\.1\.1\.10:8080 twice/],
  ['a certificate that is not there', { protocol: 'ssl', certificates: ['x'] }, /shows the certificate x/],
  ['TLS without a certificate', { protocol: 'ssl' }, /belong together/],
  ['a cookie without HTTP', { protocol: 'tcp', stickiness: { method: 'LbCookie', cookieName: 'x' } }, /no cookies/],
  ['requests without HTTP', { protocol: 'tcp', limits: { requestRate: { count: 1, seconds: 1 } } }, /no requests/],
  ['pings for TCP', { check: { kind: 'icmp' } }, /cannot be checked by icmp/],
  ['connections of UDP', { protocol: 'udp', algorithm: 'leastconn' }, /no connections to count/],
  ['limits of UDP', { protocol: 'udp', limits: { maxConnections: 1 } }, /no stickiness, limits or timeouts/],
  ['HTTP checks of UDP', { protocol: 'udp', check: { kind: 'http' } }, /cannot be checked by HTTP/],
  ["the router's own DNS", { address: '10.1.1.1', port: 53 }, /where the router itself answers/],
])('refused: %s', (_, change, words) => {
  expect(() => check({ rules: [rule({ id: 'r', port: 1000, ...change })] })).toThrow(words)
})

test('refused: two at one listener, also with the statistics page', () => {
  expect(() => check({ rules: [rule({ id: 'a', port: 1 }), rule({ id: 'b', port: 1, protocol: 'tcp' })] })).toThrow(
    'Two rules listen at tcp 198.51.100.5:1',
  )
  expect(() =>
    check({ rules: [rule({ id: 'a', port: 1 }), rule({ id: 'b', port: 1, protocol: 'udp' })] }),
  ).not.toThrow()
  const statistics = { address: '198.51.100.5', port: 1, user: 'a', password: 'b' }
  expect(() => check({ rules: [rule({ id: 'a', port: 1 })], statistics })).toThrow('Two rules listen')
})

describe('nothing gets into a file that could be more than a value', () => {
  const first = everyRule.rules[0] as RuleInput
  const bad = ['\n', '\r\n', '\0', '"', "'", ' ', '#', '$(id)', '`', '\\', ';', '{', '\u2028']
  const places: Readonly<Record<string, (text: string) => Balancer>> = {
    'rules.0.id': (text) => ({ rules: [{ ...first, id: `a${text}b` }] }),
    'rules.0.device': (text) => ({ rules: [{ ...first, device: `eth1${text}` }] }),
    'rules.0.address': (text) => ({ rules: [{ ...first, address: `198.51.100.5${text}` }] }),
    'rules.0.members.0.id': (text) => ({ rules: [{ ...first, members: [member(`a${text}b`, 10)] }] }),
    'rules.0.members.0.address': (text) => ({
      rules: [{ ...first, members: [{ ...member('a', 10), address: `10.1.1.1${text}` }] }],
    }),
    'rules.0.certificates.0': (text) => ({ rules: [{ ...first, certificates: [`a${text}b`] }] }),
    'rules.0.stickiness.cookieName': (text) => ({
      rules: [{ ...first, stickiness: { method: 'LbCookie', cookieName: `a${text}b` } }],
    }),
    'rules.0.stickiness.domains.0': (text) => ({
      rules: [{ ...first, stickiness: { method: 'LbCookie', cookieName: 'a', domains: [`a${text}b`] } }],
    }),
    'rules.0.check.codes': (text) => ({ rules: [{ ...first, check: { kind: 'http', codes: `200${text}` } }] }),
    'rules.0.allow.0': (text) => ({ rules: [{ ...first, allow: [`10.0.0.0/8${text}`] }] }),
    'statistics.user': (text) => ({
      rules: [],
      statistics: { address: '198.51.100.5', user: `a${text}b`, password: 'x' },
    }),
  }
  test.each(Object.entries(places))('%s', (path, make) => {
    for (const text of bad) {
      const issues = LoadBalancerSpec.safeParse(make(text)).error?.issues.map((issue) => issue.path.join('.'))
      expect(issues, JSON.stringify(text)).toEqual([path])
    }
  })

  test('rules.0.check.path, where a few marks are part of a path', () => {
    for (const text of bad.filter((mark) => mark !== ';' && mark !== "'"))
      expect(
        LoadBalancerSpec.safeParse({ rules: [{ ...first, check: { kind: 'http', path: `/${text}` } }] }).success,
        text,
      ).toBe(text === '$(id)')
  })

  test('certificates and keys', () => {
    const certificate = (chain: string, key: string) =>
      LoadBalancerSpec.safeParse({ rules: [], certificates: [{ id: 'a', chain, key }] }).error?.issues.map(({ path }) =>
        path.join('.'),
      )
    const pem = (label: string, body = 'AAAA'): string => `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`
    const [chain, key] = [pem('CERTIFICATE'), pem('PRIVATE KEY')]
    expect(certificate(chain + chain, key)).toBeUndefined()
    for (const wrong of [
      '',
      `${chain}\n${chain}`,
      `x${chain}`,
      pem('CERTIFICATE', 'AA AA'),
      chain + key,
      chain.replaceAll('\n', '\r\n'),
    ])
      expect(certificate(wrong, key), wrong).toEqual(['certificates.0.chain'])
    for (const wrong of ['', pem('ENCRYPTED PRIVATE KEY'), key + key, chain])
      expect(certificate(chain, wrong), wrong).toEqual(['certificates.0.key'])
  })
})

test('a certificate that cannot be read is named, and its key is in no message', () => {
  const pem = (label: string): string => `-----BEGIN ${label}-----\nAAAAsecret\n-----END ${label}-----\n`
  const certificates = [{ id: 'x', chain: pem('CERTIFICATE'), key: pem('PRIVATE KEY') }]
  const refused = (): void =>
    check({ rules: [rule({ id: 'r', port: 1, protocol: 'ssl', certificates: ['x'] })], certificates })
  expect(refused).toThrow('The certificate x cannot be read')
  expect(refused).toThrow(expect.objectContaining({ message: expect.not.stringContaining('secret') }))
})
