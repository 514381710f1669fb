import type { SpecForward } from '@sysvm/manager/model/nat'
import type { PublicAddress, RouterBase } from '@sysvm/manager/orchestration/router/base'
import { interfaces } from '@sysvm/manager/orchestration/router/parts/interfaces'
import { nat } from '@sysvm/manager/orchestration/router/parts/nat'
import { NatSpec } from '@sysvm/router/spec'
import { expect, it } from 'vitest'
import { base, network, nic } from '../state.ts'

const address = (id: string, text: string, more: Partial<PublicAddress> = {}): PublicAddress => ({
  id,
  address: text,
  network: network.id,
  isSourceNat: false,
  device: 'eth2',
  prefix: 24,
  gateway: '203.0.113.1',
  staticNat: null,
  ...more,
})
const source = address('ip-source', '203.0.113.10', { isSourceNat: true })
const second = { device: 'eth3', gateway: '198.18.0.1' }
const [guest] = base.guests
if (guest === undefined) throw new Error('the base has a guest')

const forward: SpecForward = {
  id: 'rule-1',
  publicip: 'ip-2',
  protocol: 'tcp',
  first: 80,
  last: 80,
  private_port: 8080,
  nic: guest.nic,
  guest_address: null,
  cidrs: [],
}
const specOf = (change: Partial<RouterBase>, rows: readonly SpecForward[] = []) =>
  nat.spec({ ...base, ...change }, rows)

it('gives each rule its address and guest, and leaves out whom the router does not know', () => {
  const addresses = [
    source,
    address('ip-2', '203.0.113.11'),
    address('ip-3', '203.0.113.12', { staticNat: { nic: guest.nic, address: guest.address } }),
  ]
  const spec = specOf({ addresses }, [
    forward,
    {
      ...forward,
      id: 'rule-2',
      first: 90,
      last: 99,
      private_port: 90,
      guest_address: '10.1.1.200',
      cidrs: ['192.0.2.0/24'],
    },
    { ...forward, nic: 'a guest that is being made' },
    { ...forward, publicip: 'an address that is being released' },
  ])
  expect(spec).toEqual({
    source: [{ network: '10.1.1.0/24', device: 'eth2', address: '203.0.113.10' }],
    static: [{ id: 'ip-3', address: '203.0.113.12', guest: guest.address }],
    forwards: [
      { id: 'rule-1', address: '203.0.113.11', protocol: 'tcp', port: 80, guest: guest.address, guestPort: 8080 },
      {
        id: 'rule-2',
        address: '203.0.113.11',
        protocol: 'tcp',
        port: 90,
        endPort: 99,
        guest: '10.1.1.200',
        sources: ['192.0.2.0/24'],
      },
    ],
  })
  expect(NatSpec.parse(spec)).toEqual(spec)
})

it('is off where there is nothing to translate', () => {
  expect(specOf({ addresses: [] })).toBeUndefined()
})

it('names the gateways of public interfaces where there are several', async () => {
  const nics = [
    ...base.nics,
    { ...nic, id: 'n3', role: 'public' as const, device: 'eth3', mac: '02:00:00:00:00:09', address: '198.18.0.10' },
  ]
  const publics = (change: Partial<RouterBase>) =>
    interfaces
      .spec({ ...base, ...change }, new Map())
      ?.interfaces.filter(({ role }) => role === 'public')
      .map(({ device, addresses, gateways }) => ({ device, addresses, gateways }))
  const both = [source, address('ip-2', '203.0.113.11'), address('ip-9', '198.18.0.10', second)]
  expect(publics({ nics, addresses: both })).toEqual([
    { device: 'eth2', addresses: ['203.0.113.10/24', '203.0.113.11/24'], gateways: ['203.0.113.1'] },
    { device: 'eth3', addresses: ['198.18.0.10/24'], gateways: ['198.18.0.1'] },
  ])
  expect(publics({ addresses: both.slice(0, 2) })).toEqual([
    { device: 'eth2', addresses: ['203.0.113.10/24', '203.0.113.11/24'], gateways: undefined },
  ])
})
