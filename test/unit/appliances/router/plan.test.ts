import type { Change } from '@sysvm/agent/service'
import { routerServices } from '@sysvm/router'
import { expect, test } from 'vitest'
import { baseSpec } from './whole.ts'

const plan = (name: string, change: Change<unknown>): readonly string[] => {
  const service = routerServices.find((candidate) => candidate.name === name)
  return service?.plan(change).map(({ verb, target }) => `${verb} ${target}`) ?? []
}
const file = (path: string) => ({ path, before: 'a', after: 'b' })

test.each([
  ['dhcp', 'sysvm-kea-dhcp4.service', 'update', 'dhcp/kea-dhcp4.json'],
  ['dns', 'sysvm-dnsmasq@eth1.service', 'reload', 'dns/eth1/hosts'],
  ['dns', 'sysvm-dnsmasq@eth1.service', 'restart', 'dns/eth1/dnsmasq.conf'],
  ['metadata', 'sysvm-metadata.service', 'reload', 'metadata/instances.json'],
] as const)('%s: %s is asked to %s for %s', (name, unit, verb, path) => {
  const spec = baseSpec[name]
  expect(plan(name, { before: spec, after: spec, files: [file(path)] })).toEqual([`${verb} ${unit}`])
  expect(plan(name, { before: spec, after: spec, files: [] })).toEqual([])
  expect(plan(name, { before: undefined, after: spec, files: [file(path)] })).toEqual([`start ${unit}`])
  expect(plan(name, { before: spec, after: undefined, files: [file(path)] })).toEqual([`stop ${unit}`])
  expect(plan(name, { before: undefined, after: undefined, files: [] })).toEqual([])
})

test('a public address that goes cuts the flows through it', () => {
  const [control, guest, outer] = baseSpec.interfaces.interfaces
  const after = { ...baseSpec.interfaces, interfaces: [control, guest, { ...outer, addresses: ['198.51.100.6/24'] }] }
  const service = routerServices.find(({ name }) => name === 'interfaces')
  const actions = service?.plan({ before: baseSpec.interfaces, after, files: [] })
  expect(actions?.map(({ target, dropsFlows }) => [target, dropsFlows])).toEqual([
    ['address del 198.51.100.5/24 dev eth2', true],
    ['address add 198.51.100.6/24 dev eth2', false],
    ['route replace default via 198.51.100.1', false],
  ])
})
