import { deepStrictEqual as equal } from 'node:assert/strict'
import fc from 'fast-check'
import { decodeMessage, encodeMessage, type Message, type MessageInput, ViciError } from 'strongswan-ctl'
import { describe, expect, test } from 'vitest'

/** The example of the README of strongSwan's vici plugin, byte for byte. */
const example = {
  message: {
    key1: 'value1',
    section1: { 'sub-section': { key2: 'value2' }, list1: ['item1', 'item2'] },
  },
  bytes: Buffer.concat([
    Buffer.from([3, 4]),
    Buffer.from('key1'),
    Buffer.from([0, 6]),
    Buffer.from('value1'),
    Buffer.from([1, 8]),
    Buffer.from('section1'),
    Buffer.from([1, 11]),
    Buffer.from('sub-section'),
    Buffer.from([3, 4]),
    Buffer.from('key2'),
    Buffer.from([0, 6]),
    Buffer.from('value2'),
    Buffer.from([2]),
    Buffer.from([4, 5]),
    Buffer.from('list1'),
    Buffer.from([5, 0, 5]),
    Buffer.from('item1'),
    Buffer.from([5, 0, 5]),
    Buffer.from('item2'),
    Buffer.from([6, 2]),
  ]),
}

const plain = (message: Message): unknown => JSON.parse(JSON.stringify(message))
const nested = (depth: number): Buffer => Buffer.concat(Array.from({ length: depth }, () => Buffer.from([1, 1, 0x61])))

describe('encodeMessage', () => {
  test('gives the bytes that the protocol says', () => {
    expect(encodeMessage(example.message)).toEqual(example.bytes)
  })

  test('sends yes, no and decimal numbers, and leaves out what is undefined', () => {
    const message = {
      a: true,
      b: false,
      c: -1,
      d: 2n ** 64n - 1n,
      e: undefined,
      f: new Uint8Array([0, 255]),
      g: [],
      h: {},
    }
    expect(encodeMessage(message)).toEqual(
      Buffer.concat([
        Buffer.from(
          '\x03\x01a\x00\x03yes\x03\x01b\x00\x02no\x03\x01c\x00\x02-1\x03\x01d\x00\x1418446744073709551615',
          'latin1',
        ),
        Buffer.from('\x03\x01f\x00\x02\x00\xff\x04\x01g\x06\x01\x01h\x02', 'latin1'),
      ]),
    )
  })

  test('counts bytes, not characters', () => {
    expect(encodeMessage({ a: 'é' })).toEqual(Buffer.from([3, 1, 0x61, 0, 2, 0xc3, 0xa9]))
  })

  test.each<[string, unknown, string]>([
    ['a name of 256 bytes', { ['x'.repeat(256)]: '' }, 'a field has a name of more than 255 bytes'],
    ['a name beyond ASCII', { s: { é: '' } }, 'a field of s has a name that is not printable ASCII'],
    ['a value of 64 KiB', { a: 'x'.repeat(65_536) }, 'a has more than 65535 bytes'],
    ['an item of 64 KiB', { a: { b: ['x'.repeat(65_536)] } }, 'a.b has more than 65535 bytes'],
    ['a list in a list', { a: [['b']] }, 'a has an item that is no value'],
    ['a fraction', { a: 0.5 }, 'a is not a whole number'],
    ['null', { a: null }, 'a is neither a value nor a list nor a section'],
    ['a function', { a: () => 'secret' }, 'a is neither a value nor a list nor a section'],
  ])('refuses %s, and does not repeat it', (_, message, text) => {
    const encode = () => encodeMessage(message as MessageInput)
    expect(encode).toThrow(expect.objectContaining({ code: 'VICI_VALUE', message: text }))
  })

  test('takes values and names up to their last byte', () => {
    const message = { ['x'.repeat(255)]: 'y'.repeat(65_535) }
    expect(plain(decodeMessage(encodeMessage(message)))).toEqual(message)
  })

  test('refuses a circle', () => {
    const circle: { [name: string]: MessageInput } = {}
    circle.again = circle
    expect(() => encodeMessage(circle)).toThrow('sections lie more than 64 deep')
  })
})

describe('decodeMessage', () => {
  test('reads the bytes that the protocol says', () => {
    expect(plain(decodeMessage(example.bytes))).toEqual(example.message)
  })

  test('reads nothing as a message without elements', () => {
    expect(plain(decodeMessage(Buffer.alloc(0)))).toEqual({})
  })

  test('reads values as it is told', () => {
    const message = decodeMessage(encodeMessage({ data: new Uint8Array([0x30, 0x82]), list: ['1'] }), (value, name) =>
      name === 'data' ? value : Number(value),
    )
    expect({ ...message }).toEqual({ data: Buffer.from([0x30, 0x82]), list: [1] })
  })

  test('takes `__proto__` for a name', () => {
    const message = decodeMessage(Buffer.from('\x01\x09__proto__\x03\x05admin\x00\x03yes\x02', 'latin1'))
    expect(Object.keys(message)).toEqual(['__proto__'])
    expect(({} as Record<string, unknown>).admin).toBeUndefined()
    expect(encodeMessage(message)).toHaveLength(24)
  })

  test.each<[string, Uint8Array, string]>([
    ['an element that ends early', Buffer.from([3, 4, 0x61]), 'it ends within an element'],
    ['a value that ends early', Buffer.from([3, 1, 0x61, 0, 2, 0x62]), 'it ends within an element'],
    ['an unknown element', Buffer.from([9]), 'an element of type 9 stands outside of a list'],
    ['an item outside of a list', Buffer.from([5, 0, 0]), 'an element of type 5 stands outside of a list'],
    ['a list in a list', Buffer.from([4, 1, 0x61, 4, 1, 0x62]), 'an element of type 4 stands in a list'],
    ['a section end too many', Buffer.from([2]), 'a section ends that never began'],
    ['a section that never ends', Buffer.from([1, 1, 0x61]), 'it ends within a list or section'],
    ['a list that never ends', Buffer.from([4, 1, 0x61]), 'it ends within a list or section'],
    ['a name twice', Buffer.from([3, 1, 0x61, 0, 0, 3, 1, 0x61, 0, 0]), 'a name is there twice in its section'],
    ['a name with a control character', Buffer.from([3, 1, 7, 0, 0]), 'a name is not printable ASCII'],
    ['65 sections in each other', nested(65), 'sections lie more than 64 deep'],
    ['as many as fit a packet', nested(170_000), 'sections lie more than 64 deep'],
  ])('refuses %s', (_, bytes, text) => {
    expect(() => decodeMessage(bytes)).toThrow(
      expect.objectContaining({ code: 'VICI_MESSAGE', message: expect.stringContaining(text) }),
    )
  })
})

const name = fc.string({
  unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
  maxLength: 20,
})
// JSON has no place for integers before words, as objects order their keys; the wire keeps the order of the object.
const arbitrary = fc.letrec<{ message: MessageInput }>((tie) => ({
  message: fc.dictionary(
    name.filter((text) => text !== '__proto__'),
    fc.oneof({ depthSize: 'small' }, fc.string(), fc.array(fc.string(), { maxLength: 5 }), tie('message')),
    { maxKeys: 6 },
  ),
})).message

describe('any message', () => {
  test('is the same after a journey', () => {
    fc.assert(
      fc.property(arbitrary, (message) => {
        const bytes = encodeMessage(message)
        const back = decodeMessage(bytes)
        equal(plain(back), plain(message as Message))
        equal(encodeMessage(back), bytes)
      }),
      { seed: 5, numRuns: 500 },
    )
  })

  const decodes = (bytes: Uint8Array): void => {
    try {
      // Whatever was read can be sent again, in a form that reads the same.
      const message = decodeMessage(bytes, (value) => value)
      equal(
        decodeMessage(encodeMessage(message), (value) => value),
        message,
      )
    } catch (error) {
      if (!(error instanceof ViciError)) throw error
      equal(error.code, 'VICI_MESSAGE')
    }
  }

  test('from any bytes is a message or an error', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), decodes), { seed: 6, numRuns: 2000 })
  })

  test('with bytes changed, cut or added is a message or an error', () => {
    const change = fc.record({
      at: fc.nat(),
      byte: fc.integer({ min: 0, max: 255 }),
      cut: fc.nat(8),
      insert: fc.boolean(),
    })
    fc.assert(
      fc.property(arbitrary, fc.array(change, { minLength: 1, maxLength: 4 }), (message, changes) => {
        const bytes = [...encodeMessage(message)]
        for (const { at, byte, cut, insert } of changes) {
          bytes.splice(at % (bytes.length + 1), insert ? 0 : 1 + cut, byte)
        }
        decodes(Uint8Array.from(bytes))
      }),
      { seed: 7, numRuns: 2000 },
    )
  })

  test('of elements in any order is a message or an error', () => {
    const element = fc.constantFrom(
      [1, 1, 97],
      [1, 1, 98],
      [2],
      [3, 1, 99, 0, 1, 0],
      [4, 1, 100],
      [5, 0, 1, 1],
      [6],
      [3],
      [0],
    )
    fc.assert(
      fc.property(fc.array(element, { maxLength: 12 }), (elements) => decodes(Uint8Array.from(elements.flat()))),
      { seed: 8, numRuns: 2000 },
    )
  })
})
