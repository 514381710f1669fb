import { bridgeOf } from '@sysvm/manager/orchestration/network/bridges'
import { expect, it } from 'vitest'

const site = (name: string, underlay: string | null) => ({ host: name, name, underlay })

it('is a plain bridge on a single host', () => {
  const only = site('a', null)
  expect(bridgeOf({ id: 'n', vni: 5001 }, 1450, only, [only])).toEqual({
    id: 'n',
    bridge: 'brvx-5001',
    mtu: 1450,
    isolation: { kind: 'bridge' },
  })
})

it('reaches all other hosts by VXLAN', () => {
  const sites = [site('a', '192.0.2.1'), site('b', '192.0.2.2'), site('c', '192.0.2.3')] as const
  expect(bridgeOf({ id: 'n', vni: 16_777_215 }, 1450, sites[1], sites)).toEqual({
    id: 'n',
    bridge: 'brvx-16777215',
    mtu: 1450,
    isolation: { kind: 'vxlan', vni: 16_777_215, local: '192.0.2.2', remotes: ['192.0.2.1', '192.0.2.3'] },
  })
})

it('names the host that has no underlay address', () => {
  const sites = [site('a', '192.0.2.1'), site('b', null)] as const
  expect(() => bridgeOf({ id: 'n', vni: 5001 }, 1450, sites[0], sites)).toThrow('The host b has no underlay address')
})
