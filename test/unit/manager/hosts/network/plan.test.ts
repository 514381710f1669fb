import { type LinkFacts, planNetwork } from '@sysvm/manager/hosts/network/plan'
import { expect, test } from 'vitest'

const mac = '0e:01:02:03:04:05'
const bridged = { id: 'n', bridge: 'brn1', isolation: { kind: 'bridge' }, mtu: 1500 } as const
const tunnelled = (remotes: string[]) =>
  ({ ...bridged, isolation: { kind: 'vxlan', vni: 5001, local: '192.0.2.1', remotes } }) as const
const up = ['BROADCAST', 'UP']
const bridge: LinkFacts = { ifname: 'brn1', mtu: 1500, flags: up, ifalias: 'sysvm' }
const tunnel: LinkFacts = {
  ifname: 'svx5001',
  mtu: 1500,
  flags: up,
  master: 'brn1',
  linkinfo: { info_kind: 'vxlan', info_data: { id: 5001, local: '192.0.2.1' } },
}
const flood = (dst: string) => ({ mac: '00:00:00:00:00:00', ifname: 'svx5001', dst })

test('a bridge that is not there', () => {
  expect(planNetwork(bridged, [], [], mac)).toEqual({
    ip: [
      'link add name brn1 address 0e:01:02:03:04:05 type bridge stp_state 0 forward_delay 0 mcast_snooping 0',
      'link set dev brn1 mtu 1500',
      'link set dev brn1 up',
    ],
    fdb: [],
    quiet: ['brn1'],
    mark: ['link set dev brn1 alias sysvm'],
  })
})

test('a bridge and tunnel that are not there', () => {
  const plan = planNetwork(tunnelled(['192.0.2.2', '192.0.2.3']), [], [], mac)
  expect(plan.ip.slice(3)).toEqual([
    'link add name svx5001 type vxlan id 5001 local 192.0.2.1 dstport 4789',
    'link set dev svx5001 mtu 1500',
    'link set dev svx5001 master brn1',
    'link set dev svx5001 up',
  ])
  expect(plan.fdb).toEqual([
    'fdb append 00:00:00:00:00:00 dev svx5001 dst 192.0.2.2',
    'fdb append 00:00:00:00:00:00 dev svx5001 dst 192.0.2.3',
  ])
})

test('nothing is left to do', () => {
  const nothing = { ip: [], fdb: [], quiet: [], mark: [] }
  expect(planNetwork(bridged, [bridge], [], mac)).toEqual(nothing)
  expect(planNetwork(tunnelled(['192.0.2.2']), [bridge, tunnel], [flood('192.0.2.2')], mac)).toEqual(nothing)
})

test('members that came and went', () => {
  const plan = planNetwork(tunnelled(['192.0.2.2']), [bridge, tunnel], [flood('192.0.2.9')], mac)
  expect(plan).toEqual({
    ip: [],
    fdb: [
      'fdb delete 00:00:00:00:00:00 dev svx5001 dst 192.0.2.9',
      'fdb append 00:00:00:00:00:00 dev svx5001 dst 192.0.2.2',
    ],
    quiet: [],
    mark: [],
  })
})

test('a tunnel from another address is made anew', () => {
  const old = { ...tunnel, linkinfo: { info_kind: 'vxlan', info_data: { id: 5001, local: '192.0.2.8' } } }
  const plan = planNetwork(tunnelled(['192.0.2.2']), [bridge, old], [flood('192.0.2.2')], mac)
  expect(plan.ip).toEqual([
    'link delete dev svx5001',
    'link add name svx5001 type vxlan id 5001 local 192.0.2.1 dstport 4789',
    'link set dev svx5001 mtu 1500',
    'link set dev svx5001 master brn1',
    'link set dev svx5001 up',
  ])
  expect(plan.fdb).toEqual(['fdb append 00:00:00:00:00:00 dev svx5001 dst 192.0.2.2'])
})

test("an operator's bridge keeps its settings", () => {
  const { ifalias: _, ...foreign } = bridge
  const nothing = { fdb: [], quiet: [], mark: [] }
  expect(planNetwork(bridged, [{ ...foreign, mtu: 9000 }], [], mac)).toEqual({ ip: [], ...nothing })
  expect(planNetwork(bridged, [{ ...foreign, flags: [] }], [], mac)).toEqual({
    ip: ['link set dev brn1 up'],
    ...nothing,
  })
})
