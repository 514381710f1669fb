import { pickLinkLocal } from '@sysvm/manager/placement/linklocal'
import { randomMac } from '@sysvm/manager/placement/mac'
import { smallestFree } from '@sysvm/manager/placement/number'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

describe('smallestFree', () => {
  it('is the first of the range that nobody has', () => {
    expect(smallestFree([], 5, 9)).toBe(5)
    expect(smallestFree([5, 6, 8], 5, 9)).toBe(7)
    expect(smallestFree([5, 5, 6], 5, 9)).toBe(7)
    expect(smallestFree([1, 2, 100], 5, 9)).toBe(5)
    expect(smallestFree([5, 6, 7, 8, 9], 5, 9)).toBeUndefined()
  })

  it('agrees with looking at each number', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30)), fc.nat(10), fc.nat(30), (taken, from, size) => {
        const all = Array.from({ length: size + 1 }, (_, index) => from + index)
        expect(smallestFree(taken, from, from + size)).toBe(all.find((value) => !taken.includes(value)))
      }),
    )
  })
})

describe('pickLinkLocal', () => {
  it('gives every free address for some draw and no other', () => {
    const taken = ['169.254.1.0', '169.254.1.2', '169.254.254.255']
    expect(pickLinkLocal(taken, () => 0)).toBe('169.254.1.1')
    expect(pickLinkLocal(taken, () => 1)).toBe('169.254.1.3')
    expect(pickLinkLocal(taken, (below) => below - 1)).toBe('169.254.254.254')
    fc.assert(
      fc.property(fc.nat(65_019), (draw) => {
        const address = pickLinkLocal(taken, () => draw) ?? ''
        expect(taken).not.toContain(address)
        expect(address).not.toBe('169.254.169.254')
        expect(address).toMatch(/^169\.254\.(?!0\.|255\.)\d+\.\d+$/)
      }),
    )
  })

  it('steps over the metadata address', () => {
    const rank = (169 - 1) * 256 + 254
    expect(pickLinkLocal([], () => rank - 1)).toBe('169.254.169.253')
    expect(pickLinkLocal([], () => rank)).toBe('169.254.169.255')
  })

  it('has none when all are taken', () => {
    const all = Array.from({ length: 254 * 256 }, (_, index) => `169.254.${1 + (index >> 8)}.${index & 255}`)
    expect(pickLinkLocal(all)).toBeUndefined()
  })
})

it('makes locally administered unicast addresses', () => {
  for (let index = 0; index < 50; index++) expect(randomMac()).toMatch(/^02(:[0-9a-f]{2}){5}$/)
})
