import { contains, fromNumber } from '@sysvm/agent/spec'
import { covers, outermost } from '@sysvm/router/nat/covers'
import fc from 'fast-check'
import { expect, test } from 'vitest'

/** Of few addresses, so that networks often hold each other. */
const address = fc.integer({ min: 0xffff_ff00, max: 0xffff_ffff }).map((value) => fromNumber(value))
const networks = fc.array(
  fc.tuple(address, fc.integer({ min: 24, max: 32 })).map(([first, prefix]) => `${first}/${prefix}`),
  { maxLength: 12 },
)

test('networks without those inside another hold the same addresses, each once', () => {
  fc.assert(
    fc.property(networks, fc.array(address, { minLength: 1, maxLength: 20 }), (cidrs, addresses) => {
      const kept = outermost(cidrs)
      const isIn = covers(cidrs)
      for (const one of addresses) {
        expect(isIn(one)).toBe(cidrs.some((cidr) => contains(cidr, one)))
        expect(kept.filter((cidr) => contains(cidr, one))).toHaveLength(isIn(one) ? 1 : 0)
      }
    }),
  )
  expect(outermost(['192.0.2.9/24', '0.0.0.0/0', '198.51.100.0/25'])).toEqual(['0.0.0.0/0'])
})
