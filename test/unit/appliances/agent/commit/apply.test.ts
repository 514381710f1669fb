import { applyOrder } from '@sysvm/agent/commit/apply'
import type { Generation } from '@sysvm/agent/commit/generation'
import type { AnyService } from '@sysvm/agent/service'
import { expect, it } from 'vitest'

const services = ['interfaces', 'dhcp', 'dns', 'nat'].map((name) => ({ name }) as AnyService)
const generation = (...names: string[]): Generation =>
  ({ rendered: Object.fromEntries(names.map((name) => [name, { files: [] }])) }) as unknown as Generation
const order = (from: Generation | null, to: Generation | null) => applyOrder(services, from, to).map(({ name }) => name)

it('brings services up in order, and takes them down first and backwards', () => {
  expect(order(null, generation('dns', 'interfaces'))).toEqual(['interfaces', 'dns'])
  expect(order(generation('interfaces', 'dhcp', 'dns'), generation('interfaces', 'nat'))).toEqual([
    'dns',
    'dhcp',
    'interfaces',
    'nat',
  ])
  expect(order(generation('interfaces', 'dhcp'), null)).toEqual(['dhcp', 'interfaces'])
})
