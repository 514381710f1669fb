import { staleLeases } from '@sysvm/router/dhcp/leases'
import { configOf, subnetId } from '@sysvm/router/dhcp/render'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { baseSpec } from './whole.ts'

const [subnet] = baseSpec.dhcp.subnets
const lease = (address: string, mac: string) => ({
  'ip-address': address,
  'hw-address': mac,
  hostname: '',
  cltt: 0,
  'valid-lft': 3600,
})

test('a lease ends when its address is reserved for another guest or for nobody', () => {
  const leases = [
    lease('10.1.1.10', '02:00:00:00:00:01'),
    lease('10.1.1.11', '02:00:00:00:00:07'),
    lease('10.1.1.99', '02:00:00:00:00:09'),
  ]
  expect(staleLeases(baseSpec.dhcp as never, leases)).toEqual(['10.1.1.11', '10.1.1.99'])
})

test('the number of a subnet follows from its network and is one that Kea takes', () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.integer({ min: 8, max: 30 }), (address, prefix) => {
      const id = subnetId({ ...subnet, network: `${address}/${prefix}` } as never)
      expect(id).toBeGreaterThan(0)
      expect(id).toBeLessThan(2 ** 32 - 1)
    }),
  )
})

test('the order of reservations in the spec does not matter', () => {
  const reversed = { ...subnet, reservations: subnet.reservations.toReversed() }
  expect(configOf({ leaseSeconds: 60, subnets: [reversed as never] })).toEqual(
    configOf({ leaseSeconds: 60, subnets: [subnet as never] }),
  )
})

test('a guest that leaves by another nic is told no router, unless it was given one of its own', () => {
  const [guest] = subnet.reservations
  const optionsOf = (more: object): unknown => {
    const reservations = [{ ...guest, options: [], ...more }]
    const config = configOf({ leaseSeconds: 60, subnets: [{ ...subnet, reservations } as never] })
    return JSON.parse(JSON.stringify(config), (key, value) =>
      key === 'reservations' ? value[0]['option-data'] : value,
    )
  }
  expect(JSON.stringify(optionsOf({}))).not.toContain('never-send')
  expect(JSON.stringify(optionsOf({ defaultRoute: false }))).toContain(
    '"reservations":[{"name":"routers","never-send":true}]',
  )
  const own = JSON.stringify(optionsOf({ defaultRoute: false, options: [{ code: 3, value: '10.1.1.7' }] }))
  expect(own).not.toContain('never-send')
})
