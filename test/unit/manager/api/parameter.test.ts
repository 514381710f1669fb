import * as p from '@sysvm/manager/api/parameter'
import { readParameters } from '@sysvm/manager/api/wire/parameters'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const read = (parameter: p.Parameter, value: string | p.MapEntries): unknown => {
  try {
    const grammar = { name: 'testIt', params: { x: parameter }, unsupported: [] }
    return readParameters(grammar, new Map([['x', value]])).x
  } catch (error) {
    return (error as Error).message
  }
}

const ID = 'ABCDEF01-2345-4678-89AB-CDEF01234567'

describe('a parameter', () => {
  it.each([
    [p.uuid('.'), ID, ID.toLowerCase()],
    [p.uuid('.'), '17', "Parameter x: '17' is not a UUID."],
    [p.uuid('.'), '', 'Parameter x is empty: give a value or leave it out.'],
    [p.anyOf('.'), `${ID}, ${ID}`, [ID.toLowerCase(), ID.toLowerCase()]],
    [p.uuids('.'), ID, [ID.toLowerCase()]],
    [p.uuids('.'), `${ID},${ID}`, expect.stringMatching(/has an item twice/)],
    [p.name('.'), 'a\nb', expect.stringMatching(/has a line break/)],
    [p.date('.'), '2026-02-30', expect.stringMatching(/is not a date/)],
    [p.uuids('.'), `${ID},`, `Parameter x: '${ID},' is not a UUID.`],
    [p.integer('.', 1, 9), '9', 9],
    [p.integer('.', 1, 9), '10', "Parameter x: '10' is not between 1 and 9."],
    [p.integer('.'), '1e3', "Parameter x: '1e3' is not a whole number."],
    [p.integer('.'), '0x10', "Parameter x: '0x10' is not a whole number."],
    [p.boolean('.'), 'TRUE', true],
    [p.boolean('.'), '1', "Parameter x: '1' is neither true nor false."],
    [p.only('.', true), 'true', true],
    [p.only('.', true), 'false', "Parameter x: 'false' is not supported yet by sysvm: only true is."],
    [p.choice('.', ['Enabled', 'Disabled']), 'disabled', 'Disabled'],
    [p.choice('.', ['Enabled', 'Disabled']), 'off', "Parameter x: 'off' is not one of Enabled, Disabled."],
    [p.ipv4('.'), '10.1.1.1', '10.1.1.1'],
    [p.ipv4('.'), '010.1.1.1', "Parameter x: '010.1.1.1' is not an IPv4 address such as 192.0.2.1."],
    [p.netmask('.'), '255.255.240.0', '255.255.240.0'],
    [p.netmask('.'), '255.240.255.0', "Parameter x: '255.240.255.0' is not a netmask such as 255.255.255.0."],
    [p.netmask('.'), '0.0.0.0', "Parameter x: '0.0.0.0' is not a netmask such as 255.255.255.0."],
    [p.network('.'), '10.1.1.0/24', '10.1.1.0/24'],
    [p.network('.'), '10.1.1.0/30', "Parameter x: '10.1.1.0/30' has no prefix length from 8 to 29."],
    [p.network('.'), '224.0.0.0/24', "Parameter x: '224.0.0.0/24' is not in a range that hosts can have."],
    [p.name('.'), ' z1 ', 'z1'],
    [p.name('.'), ' ', "Parameter x: ' ' is empty."],
    [p.text('.', 3), 'abcd', "Parameter x: 'abcd' is longer than 3 characters."],
    [p.text('.'), '', ''],
    [p.bridge('.'), 'cloudbr0', 'cloudbr0'],
    [p.bridge('.'), '../../etc', "Parameter x: '../../etc' is not the name of a bridge such as cloudbr0."],
    [p.hostLabel('.'), 'a_b', "Parameter x: 'a_b' is not a host name of letters, digits and hyphens."],
    [p.date('.'), '2026-11-20T10:00:00+0000', new Date('2026-11-20T10:00:00Z')],
    [p.date('.'), '2026-13-20', "Parameter x: '2026-13-20' is not a date such as 2026-11-20T10:00:00+0000."],
    [p.words('.'), 'a,,b', "Parameter x: 'a,,b' has an empty item."],
    [p.map('.'), 'a', "Parameter x: 'a' is a map: write it as name[0].key=value."],
    [p.map('.'), [{ a: '1' }], [{ a: '1' }]],
    [p.text('.'), [{ a: '1' }], 'Parameter x is not a map: write x=value.'],
    [
      p.entries('.', ['service', 'provider']),
      [{ Service: 'Dhcp', provider: 'V' }],
      [{ service: 'Dhcp', provider: 'V' }],
    ],
    [
      p.entries('.', ['service', 'provider']),
      [{ service: 'Dhcp' }],
      'Parameter x needs service and provider in each entry, nothing else.',
    ],
  ] as const)('%# %o', (parameter, value, expected) => {
    expect(read(parameter as p.Parameter, value)).toEqual(expected)
  })

  it('is read or refused with a sentence, whatever comes', () => {
    const grammars = [
      p.uuid('.'),
      p.integer('.'),
      p.boolean('.'),
      p.network('.'),
      p.date('.'),
      p.words('.'),
      p.name('.'),
    ]
    fc.assert(
      fc.property(fc.constantFrom(...grammars), fc.string({ unit: 'binary' }), (parameter, value) => {
        const result = read(parameter as p.Parameter, value)
        expect(result === undefined).toBe(false)
      }),
    )
  })

  it('that is wrong comes with all others that are', () => {
    const grammar = {
      name: 'testIt',
      params: { id: p.required(p.uuid('The thing.')), size: p.integer('.') },
      unsupported: ['colour'],
    }
    const given = new Map([
      ['size', 'big'],
      ['colour', 'red'],
      ['smell', 'none'],
    ])
    expect(() => readParameters(grammar, given)).toThrow(
      'Parameter colour of testIt is not supported yet by sysvm: leave it out. ' +
        'Parameter smell is unknown to testIt: remove it, or see listApis name=testIt for what it takes. ' +
        "Parameter id is required by testIt: The thing. Parameter size: 'big' is not a whole number.",
    )
  })
})
