import { render } from '@sysvm/router/loadbalancer/render'
import { UdpDocument } from '@sysvm/router/loadbalancer/udp/document'
import { tableText } from '@sysvm/router/loadbalancer/udp/table'
import { parse } from 'haproxy-config'
import { compile } from 'node-iptables'
import { expect, test } from 'vitest'
import { type Balancer, everyRule, parsed, rule, whole } from './spec.ts'

const rendered = (balancer: Balancer) => render(parsed(balancer), whole(balancer))
const file = (balancer: Balancer, name: string) =>
  rendered(balancer).files.find(({ path }) => path === `loadbalancer/${name}`)

test('haproxy.cfg to the letter', async () => {
  await expect(file(everyRule, 'haproxy.cfg')?.text).toMatchFileSnapshot('./golden/haproxy.cfg.golden')
})

test('who may see the statistics is a file of its own, and a secret', () => {
  const users = file(everyRule, 'users.cfg')
  expect(users).toMatchObject({ secret: true, group: 'haproxy' })
  expect(users?.text).toBe(
    "# users of the statistics page\nuserlist statistics\n    user admin insecure-password 'it'\\''s#1'\n",
  )
  expect(file(everyRule, 'haproxy.cfg')?.text).not.toContain('#1')
})

test('the rules of netfilter to the letter', async () => {
  const text = compile(rendered(everyRule).ruleset ?? { tables: [] })
  await expect(text).toMatchFileSnapshot('./golden/netfilter.nft.golden')
})

test('the table of UDP rules to the letter, as long as all are well and with one that is not', async () => {
  const document = UdpDocument.parse(JSON.parse(file(everyRule, 'udp.json')?.text ?? ''))
  await expect(tableText(document, ({ members }) => members)).toMatchFileSnapshot('./golden/udp.nft.golden')
  expect(tableText(document, ({ members }) => members.slice(1))).toContain('chain rule-1 {\n    drop\n')
  expect(tableText({ rules: [], networks: [] }, () => [])).toBe('table ip sysvm_lb_udp\ndelete table ip sysvm_lb_udp\n')
})

test('keys are secrets of haproxy alone; lists name certificates, the default first', () => {
  const pem = (label: string): string => `-----BEGIN ${label}-----\nAAAA\n-----END ${label}-----`
  const balancer: Balancer = {
    rules: [rule({ id: 'tls', port: 443, protocol: 'ssl', certificates: ['two', 'one'] })],
    certificates: ['one', 'two', 'unused'].map((id) => ({ id, chain: pem('CERTIFICATE'), key: pem('PRIVATE KEY') })),
  }
  expect(rendered(balancer).files.map(({ path }) => path)).toEqual([
    'loadbalancer/haproxy.cfg',
    'loadbalancer/users.cfg',
    'loadbalancer/certificates/one.pem',
    'loadbalancer/certificates/two.pem',
    'loadbalancer/lists/tls.txt',
    'loadbalancer/udp.json',
  ])
  expect(file(balancer, 'certificates/one.pem')).toEqual({
    path: 'loadbalancer/certificates/one.pem',
    text: `${pem('CERTIFICATE')}\n${pem('PRIVATE KEY')}\n`,
    group: 'haproxy',
    secret: true,
  })
  expect(file(balancer, 'lists/tls.txt')?.text).toBe('certificates/two.pem\ncertificates/one.pem\n')
  expect(file(balancer, 'haproxy.cfg')?.text).toContain(
    'bind 198.51.100.5:443 ssl crt-list lists/tls.txt alpn h2,http/1.1 ssl-min-ver TLSv1.2\n',
  )
})

test('what is rendered is read back by the library, and UDP alone needs no haproxy', () => {
  expect(parse(file(everyRule, 'haproxy.cfg')?.text ?? '').backends).toHaveLength(5)
  const udp: Balancer = { rules: [rule({ id: 'u', port: 53, protocol: 'udp' })] }
  expect(rendered(udp).files.map(({ path }) => path)).toEqual(['loadbalancer/udp.json'])
})
