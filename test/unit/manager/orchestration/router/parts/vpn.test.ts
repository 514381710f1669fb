import { settings } from '@sysvm/manager/model/settings/index'
import type { RouterVpc } from '@sysvm/manager/orchestration/router/base'
import { type ConnectionRow, leftOut, vpn } from '@sysvm/manager/orchestration/router/parts/vpn'
import { VpnSpec } from '@sysvm/router/spec'
import { expect, it } from 'vitest'
import { base } from '../state.ts'

const vpc: RouterVpc = {
  id: 'aaaaaaaa-1111-4111-8111-222222222222',
  name: 'v1',
  cidr: '10.1.0.0/16',
  networkdomain: 'v1.internal',
  revision: 4,
  offering: { services: {}, networkmode: 'NATTED', routingmode: null },
}

const row: ConnectionRow = {
  id: 'bbbbbbbb-1111-4111-8111-222222222222',
  address: '203.0.113.10',
  gateway: '198.51.100.1',
  cidrlist: ['10.60.0.0/16', '192.168.7.0/24'],
  ikepolicy: 'aes256-sha256;modp2048,aes128-sha1;modp1536',
  esppolicy: 'aes256-sha256',
  ikelifetime: 86_400,
  esplifetime: 3600,
  dpd: false,
  forceencap: false,
  splitconnections: false,
  ikeversion: 'ike',
  passive: true,
  resets: 2,
  psk: "it's a `key` with $everything",
}

const specOf = (connections: readonly ConnectionRow[]) =>
  vpn.spec({ ...base, vpc }, { remoteAccess: undefined, l2tp: undefined, connections })

it('says of a tunnel what its router takes, with the whole VPC on this side', () => {
  const spec = specOf([row, { ...row, id: 'c', gateway: '198.51.100.2', cidrlist: ['10.61.0.0/16'], dpd: true }])
  expect(VpnSpec.parse(spec).connections).toEqual([
    {
      ...{ id: row.id, version: 'ike', encap: false, passive: true, split: false, resets: 2, psk: row.psk },
      local: { address: '203.0.113.10', subnets: ['10.1.0.0/16'] },
      remote: { gateway: '198.51.100.1', subnets: ['10.60.0.0/16', '192.168.7.0/24'] },
      ike: { proposals: ['aes256-sha256-modp2048', 'aes128-sha1-modp1536'], lifetimeSeconds: 86_400 },
      esp: { proposals: ['aes256-sha256'], lifetimeSeconds: 3600 },
    },
    expect.objectContaining({ id: 'c', dpd: { delaySeconds: 30, timeoutSeconds: 120 } }),
  ])
})

it('leaves out what its router would refuse, and only that', () => {
  const others: readonly (readonly [Partial<ConnectionRow>, why: RegExp])[] = [
    [{ address: '203.0.113.99' }, /^Its public address is not on the router yet/],
    [{ cidrlist: ['203.0.113.0/25'] }, /overlap a network of the router/],
    [{ cidrlist: ['10.1.1.128/25'] }, /overlap a network of the router/],
    [{ gateway: '203.0.113.10' }, /^Its peer is an address of the router itself/],
    [{ gateway: '10.60.0.9' }, /^Its peer is in a network behind itself/],
  ]
  for (const [other, why] of others) {
    const rows = { remoteAccess: undefined, l2tp: undefined, connections: [{ ...row, ...other, id: 'c' }, row] }
    expect(leftOut({ ...base, vpc }, rows)).toEqual([{ id: 'c', reason: expect.stringMatching(why) }])
    const guarded = { ...row, ...other }.cidrlist
    expect(specOf([{ ...row, ...other }])).toEqual({ guarded })
    expect(specOf([{ ...row, ...other, id: 'c' }, row])).toMatchObject({ connections: [{ id: row.id }], guarded })
  }
  expect(
    vpn.spec({ ...base, vpc: undefined }, { remoteAccess: undefined, l2tp: undefined, connections: [row] }),
  ).toBeUndefined()
})

it('is taken by its router with as many networks and tunnels as an administrator may allow', () => {
  const largest = (name: keyof typeof settings): number =>
    Math.max(...[...Array(2000).keys()].filter((count) => settings[name].schema.safeParse(String(count)).success))
  const networks = largest('site2site.vpn.customergateway.subnets.limit')
  const tunnels = largest('site2site.vpn.vpngateway.connection.limit')
  expect([networks, tunnels]).toEqual([128, 1000])
  const wide = Array.from({ length: networks }, (_, index) => `10.60.${index}.0/24`)
  expect(VpnSpec.safeParse(specOf([{ ...row, cidrlist: wide }])).success).toBe(true)
  const many = Array.from({ length: tunnels }, (_, index) => ({ ...row, id: `c${index}` }))
  expect(VpnSpec.safeParse(specOf(many)).success).toBe(true)
})
