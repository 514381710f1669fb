import { admins, everyone } from '@sysvm/manager/api/authorized'
import { fits, permits } from '@sysvm/manager/api/permission'
import { describe, expect, it } from 'vitest'

describe('a rule', () => {
  it.each([
    ['listZones', 'listZones', true],
    ['LISTZONES', 'listZones', true],
    ['listZone', 'listZones', false],
    ['listZoness', 'listZones', false],
    ['*', 'listZones', true],
    ['list*', 'listZones', true],
    ['list*', 'createZone', false],
    ['*Zones', 'listZones', true],
    ['*Zones', 'listZonesX', false],
    ['l*s*Z*s', 'listZones', true],
    ['list*Zones', 'listZones', true],
    ['listZ*Zones', 'listZones', false],
    ['*a*', 'listZones', false],
    ['li*list*s', 'lists', false],
    ['', 'listZones', false],
  ])('%j fits %s: %s', (rule, name, expected) => expect(fits(rule, name)).toBe(expected))

  it('of many wildcards is read in one go', () => {
    expect(fits(`${'*a'.repeat(120)}*b`, 'a'.repeat(200))).toBe(false)
  })
})

describe('a role', () => {
  const listZones = { name: 'listZones', authorized: everyone }
  const createZone = { name: 'createZone', authorized: admins }

  it('without rules may do what its kind may', () => {
    expect([listZones, createZone].map(permits([], 'User'))).toEqual([true, false])
    expect([listZones, createZone].map(permits([], 'Admin'))).toEqual([true, true])
  })

  it('is asked its first rule that fits', () => {
    const rules = [
      { rule: 'createZone', permission: 'allow' },
      { rule: 'create*', permission: 'deny' },
      { rule: '*', permission: 'deny' },
    ] as const
    expect([listZones, createZone].map(permits(rules, 'User'))).toEqual([false, true])
    expect([listZones, createZone].map(permits(rules.toReversed(), 'Admin'))).toEqual([false, false])
  })
})
