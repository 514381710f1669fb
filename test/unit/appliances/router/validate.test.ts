import { routerServices } from '@sysvm/router'
import type { RouterServices } from '@sysvm/router/spec'
import { expect, test } from 'vitest'
import { baseSpec, wholeOf } from './whole.ts'

const validate = (services: RouterServices): void => {
  for (const { name, schema, validate: rule } of routerServices) {
    const spec = services[name as keyof RouterServices]
    // What a service's own schema refuses is another test's business.
    if (spec !== undefined) rule?.(schema.safeParse(spec).data ?? spec, wholeOf(services))
  }
}

const [subnet] = baseSpec.dhcp.subnets
const [view] = baseSpec.dns.views
const [control, guest, outer] = baseSpec.interfaces.interfaces
const nics = (...interfaces: RouterServices['interfaces']['interfaces']): RouterServices => ({
  ...baseSpec,
  interfaces: { ...baseSpec.interfaces, interfaces },
})
const dhcp = (change: object): RouterServices =>
  ({ ...baseSpec, dhcp: { leaseSeconds: 3600, subnets: [{ ...subnet, ...change }] } }) as RouterServices
const dns = (change: object): RouterServices =>
  ({ ...baseSpec, dns: { views: [{ ...view, ...change }] } }) as RouterServices
const nat = (change: object): RouterServices =>
  ({ ...baseSpec, nat: { ...baseSpec.nat, source: [{ ...baseSpec.nat.source[0], ...change }] } }) as RouterServices
const metadata = (change: object): RouterServices =>
  ({ ...baseSpec, metadata: { ...baseSpec.metadata, ...change } }) as RouterServices

test('the base spec is fine', () => {
  expect(() => validate(baseSpec)).not.toThrow()
})

const reservation = { mac: '02:00:00:00:00:01', address: '10.1.1.10' }

test.each([
  ['no firewall', { interfaces: baseSpec.interfaces } as unknown as RouterServices, 'services.firewall is missing'],
  ['no control interface', nics(guest, outer), 'one control interface, not 0'],
  ['a device twice', nics(control, guest, { ...outer, device: 'eth1' }), 'eth1 is given to two interfaces'],
  ['a MAC address twice', nics(control, guest, { ...outer, mac: guest.mac }), 'is given to two interfaces'],
  [
    'the address of metadata for control',
    nics({ ...control, addresses: ['169.254.169.254/16'] }, guest, outer),
    'where guests find their metadata',
  ],
  ['overlapping networks', nics(control, guest, { ...outer, addresses: ['10.1.0.7/16'] }), 'overlaps'],
  ['a guest on the control network', nics(control, { ...guest, addresses: ['169.254.9.1/24'] }, outer), 'overlaps'],
  [
    'a gateway that is nowhere',
    { ...baseSpec, interfaces: { ...baseSpec.interfaces, gateway: '192.0.2.1' } },
    'on the network of no public interface',
  ],
  ['DHCP on a public device', dhcp({ device: 'eth2' }), 'no guest interface of this name'],
  ['DHCP for another network', dhcp({ network: '10.1.2.0/24', reservations: [] }), 'has no address in this network'],
  ['a gateway that is no own address', dhcp({ gateway: '10.1.1.2' }), 'is not an address of eth1'],
  ['a MAC reserved twice', dhcp({ reservations: [reservation, { ...reservation, address: '10.1.1.9' }] }), 'twice'],
  ['a reserved gateway', dhcp({ reservations: [{ ...reservation, address: '10.1.1.1' }] }), "cannot be a guest's"],
  ['a reserved broadcast', dhcp({ reservations: [{ ...reservation, address: '10.1.1.255' }] }), "cannot be a guest's"],
  ['a reservation outside', dhcp({ reservations: [{ ...reservation, address: '10.1.2.1' }] }), "cannot be a guest's"],
  ['DNS on a public address', dns({ listen: ['198.51.100.5'] }), 'eth1 does not have it'],
  ['DNS on a public device', dns({ device: 'eth2' }), 'no guest interface of this name'],
  ['DNS that asks itself', dns({ upstreams: ['10.1.1.1'] }), 'would ask itself'],
  ['a record twice', dns({ records: [view.records[0], view.records[0]] }), 'given twice'],
  ['NAT by a guest device', nat({ device: 'eth1' }), 'no public or private interface of this name'],
  ['NAT to a foreign address', nat({ address: '198.51.100.9' }), 'eth2 does not have this address'],
  ['metadata on a public address', metadata({ listen: ['198.51.100.5'] }), 'no guest interface has this address'],
  ['an instance elsewhere', metadata({ instances: [{ address: '10.2.2.2', data: {} }] }), 'on no guest network'],
  [
    'a key that is a value and a folder',
    metadata({ instances: [{ address: '10.1.1.9', data: { keys: '1', 'keys/a': '2' } }] }),
    'is a value and a folder',
  ],
])('refuses %s', (_, services, message) => {
  expect(() => validate(services)).toThrow(expect.objectContaining({ code: 'SYSVM_SPEC_INVALID' }))
  expect(() => validate(services)).toThrow(message)
})
