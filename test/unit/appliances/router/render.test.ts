import { routerServices } from '@sysvm/router'
import type { RouterServices } from '@sysvm/router/spec'
import { compile } from 'node-iptables'
import { expect, test } from 'vitest'
import { baseSpec, golden, wholeOf } from './whole.ts'

const render = (name: keyof RouterServices, spec: RouterServices = baseSpec) => {
  const service = routerServices.find((candidate) => candidate.name === name)
  if (service === undefined) throw new Error(name)
  return service.render(service.schema.parse(spec[name]), wholeOf(spec))
}

test('services are applied from the devices up', () => {
  expect(routerServices.map(({ name }) => name)).toEqual([
    'interfaces',
    'firewall',
    'acl',
    'nat',
    'ipv6',
    'dhcp',
    'dns',
    'metadata',
    'loadbalancer',
    'routing',
    'qos',
    'accounting',
    'netboot',
    'vpn',
    'wireguard',
    'redundancy',
  ])
})

test.each([
  ['interfaces', 'sysctl.conf'],
  ['dhcp', 'kea-dhcp4.json'],
  ['dns', 'dnsmasq.conf'],
  ['dns', 'hosts'],
  ['metadata', 'instances.json'],
] as const)('%s renders %s to the letter', (service, file) => {
  const found = render(service).files.find(({ path }) => path.startsWith(`${service}/`) && path.endsWith(`/${file}`))
  expect(found?.text).toBe(golden(file))
})

test.each(['firewall', 'nat'] as const)('%s renders its ruleset to the letter', (service) => {
  expect(compile(render(service).ruleset ?? { tables: [] })).toBe(golden(`${service}.nft`))
})

test('what holds user data is a secret, and for the metadata process alone', () => {
  expect(render('metadata').files).toMatchObject([{ secret: true, group: 'metadata' }])
})

test('nothing is open to guests for services that are off', () => {
  const { interfaces, firewall } = baseSpec
  const text = compile(render('firewall', { interfaces, firewall }).ruleset ?? { tables: [] })
  expect(text).not.toContain('dport 67 accept')
  expect(text).toContain('set guest_services {\n    type ifname . ipv4_addr . inet_proto . inet_service;\n  }')
})

test('a router without public interface forwards nothing', () => {
  const nics = baseSpec.interfaces.interfaces.filter(({ role }) => role !== 'public')
  const spec: RouterServices = { interfaces: { interfaces: [...nics] }, firewall: { egress: 'allow' } }
  const text = compile(render('firewall', spec).ruleset ?? { tables: [] })
  const forward = text.slice(text.indexOf('chain forward {'))
  expect(forward.match(/\baccept$/gm)).toEqual(['accept'])
})

test('many networks are many elements and not one rule more', () => {
  const rules = (count: number): number => {
    const source = Array.from({ length: count }, (_, index) => ({
      network: `10.1.${index}.0/24`,
      device: 'eth2',
      address: '198.51.100.5',
    }))
    const { ruleset } = render('nat', { ...baseSpec, nat: { ...baseSpec.nat, source } })
    return ruleset?.tables.flatMap(({ chains = [] }) => chains.flatMap((chain) => chain.rules)).length ?? 0
  }
  expect(rules(200)).toBe(rules(1))
})
