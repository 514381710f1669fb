import { applyOrder, applyServices } from '@sysvm/agent/commit/apply'
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

it('applies what changes in order, then what does not at once, and waits for all before it fails', async () => {
  const told: string[] = []
  const service = (name: string, quiet: boolean, fails = false) =>
    ({
      name,
      plan: () => (quiet ? [] : [{ verb: 'update', target: name, why: '', dropsFlows: false }]),
      apply: async () => {
        told.push(`${name} begins`)
        await new Promise((resolve) => setTimeout(resolve, 5))
        told.push(`${name} ends`)
        if (fails) throw new Error(`${name} fails`)
      },
    }) as unknown as AnyService
  const names = ['interfaces', 'dhcp', 'dns', 'nat'] as const
  const whole = (...all: string[]): Generation =>
    ({
      spec: { services: {} },
      rendered: Object.fromEntries(all.map((name) => [name, { files: [] }])),
    }) as unknown as Generation
  const run = (from: Generation | null, ...all: AnyService[]) => {
    told.length = 0
    const pass = async () => void told.push('passed')
    return applyServices({ services: all, from, to: whole(...names), effects: {} as never, pass })
  }
  const all = [service('interfaces', true), service('dhcp', true), service('dns', false), service('nat', false)]
  await run(whole(...names), ...all)
  expect(told).toEqual([
    ...['dns begins', 'dns ends', 'passed', 'nat begins', 'nat ends', 'passed'],
    ...['interfaces begins', 'dhcp begins', 'interfaces ends', 'dhcp ends', 'passed', 'passed'],
  ])
  await run(null, ...all)
  expect(told.slice(0, 3)).toEqual(['interfaces begins', 'interfaces ends', 'passed'])
  await expect(run(whole(...names), service('dhcp', true, true), service('dns', true))).rejects.toThrow('dhcp fails')
  expect(told).toEqual(['dhcp begins', 'dns begins', 'dhcp ends', 'dns ends'])
})
