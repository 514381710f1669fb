import type { RouterServices } from '@sysvm/router/spec'
import { wireguard as service } from '@sysvm/router/wireguard/index'
import { compile } from 'node-iptables'
import { expect, test } from 'vitest'
import { baseSpec, golden, wholeOf } from '../whole.ts'
import { wireguard } from './spec.ts'

const services: RouterServices = { ...baseSpec, wireguard: wireguard() }

test('renders its part of the ruleset to the letter, and no file', () => {
  const { files, ruleset } = service.render(wireguard(), wholeOf(services))
  expect(files).toEqual([])
  expect(compile(ruleset ?? { tables: [] })).toBe(golden('wireguard.nft'))
})

test('a router that translates nothing exempts nothing', () => {
  const { nat: _, ...rest } = services
  const { ruleset } = service.render(wireguard({ dns: [] }), wholeOf(rest))
  expect(ruleset?.tables.map(({ name }) => name)).toEqual(['sysvm_filter'])
})
