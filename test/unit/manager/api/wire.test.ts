import { isSysvmError } from '@sysvm/errors'
import { lasting, ready, toJson } from '@sysvm/manager/api/wire/json'
import { parseRequest, peekRequest } from '@sysvm/manager/api/wire/request'
import { formatDate } from '@sysvm/manager/api/wire/value'
import { toXml } from '@sysvm/manager/api/wire/xml'
import { describe, expect, it } from 'vitest'

const refusal = (encoded: readonly string[]): string => {
  try {
    parseRequest(encoded)
  } catch (error) {
    if (isSysvmError(error)) return `${error.code}: ${error.message}`
  }
  return 'accepted'
}

describe('a request', () => {
  it('is taken apart: names without case, values as they are', () => {
    const request = parseRequest(['command=listZones&Response=JSON&Name=a%20b+c%2Bd&ids=1,2&apiKey=k&_=17'])
    expect(request).toMatchObject({ command: 'listzones', format: 'json' })
    expect([...request.values]).toEqual([
      ['name', 'a b c+d'],
      ['ids', '1,2'],
    ])
  })

  it('gathers maps by their index, in its order', () => {
    const { values } = parseRequest(['tags[1].key=b&tags[0].Key=a&tags[0].value=x&details[0].cpuNumber=2'])
    expect(values.get('tags')).toEqual([{ Key: 'a', value: 'x' }, { key: 'b' }])
    expect(values.get('details')).toEqual([{ cpuNumber: '2' }])
  })

  it('keeps a key that means something to JavaScript as a mere key', () => {
    const { values } = parseRequest(['details[0].__proto__=x'])
    const [entry] = values.get('details') as Record<string, string>[]
    expect(Object.entries(entry ?? {})).toEqual([['__proto__', 'x']])
    expect(({} as Record<string, unknown>).x).toBeUndefined()
  })

  it('merges query and form, and takes a name twice only when the values agree', () => {
    expect(parseRequest(['command=createZone', 'command=createZone&name=z']).values.get('name')).toBe('z')
    expect(refusal(['name=a', 'NAME=b'])).toBe(
      'SYSVM_API_PARAMETER: Parameter NAME is given twice with two values: keep one.',
    )
  })

  it.each([
    ['a control character in a value', 'name=a%00b', 'Parameter name has a control character: remove it.'],
    ['a control character of terminals', 'name=a%C2%9B2Jb', 'Parameter name has a control character: remove it.'],
    ['a control character in a name', 'na%07me=a', 'Parameter na?me has a control character: remove it.'],
    [
      'both a value and a map',
      'tags=1&tags[0].key=a',
      'Parameter tags is given both as a value and as a map: keep one.',
    ],
  ])('refuses %s', (_what, encoded, text) => {
    expect(refusal([encoded])).toBe(`SYSVM_API_PARAMETER: ${text}`)
  })

  it('lets line breaks pass', () => {
    expect(parseRequest(['displaytext=a%0D%0Ab']).values.get('displaytext')).toBe('a\r\nb')
  })

  it('refuses what is not UTF-8', () => {
    expect(refusal(['name=%E4'])).toMatch(/^SYSVM_API_MALFORMED: /)
    expect(refusal(['name=100%'])).toMatch(/^SYSVM_API_MALFORMED: /)
  })

  it('tells command and format even when it is unreadable', () => {
    expect(peekRequest(['command=listZones&response=json&name=%E4'])).toEqual({ command: 'listzones', format: 'json' })
  })
})

const zone = {
  name: 'a & "b" <c>',
  dns2: null,
  domain: undefined,
  created: new Date('2026-11-20T10:00:00.789Z'),
  enabled: true,
  sortkey: 0,
  tags: [],
  startip: ['10.0.0.1', '10.0.0.2'],
  details: { 'key with space': 'v', '1st': 'w' },
}
const body = { count: 2, zone: [zone, { name: 'z2' }] }

describe('an answer', () => {
  it('is one line of JSON without null fields', () => {
    expect(toJson('listzonesresponse', body)).toBe(
      '{"listzonesresponse":{"count":2,"zone":[{"name":"a & \\"b\\" <c>","created":"2026-11-20T10:00:00+0000",' +
        '"enabled":true,"sortkey":0,"tags":[],"startip":["10.0.0.1","10.0.0.2"],' +
        '"details":{"key with space":"v","1st":"w"}},{"name":"z2"}]}}',
    )
  })

  it('is the same tree in XML, items of lists repeated', () => {
    expect(toXml('listzonesresponse', body, '4.22.0.0')).toBe(
      '<?xml version="1.0" encoding="UTF-8"?><listzonesresponse cloud-stack-version="4.22.0.0"><count>2</count>' +
        '<zone><name>a &amp; &quot;b&quot; &lt;c&gt;</name><created>2026-11-20T10:00:00+0000</created>' +
        '<enabled>true</enabled><sortkey>0</sortkey><startip>10.0.0.1</startip><startip>10.0.0.2</startip>' +
        '<details><key_with_space>v</key_with_space><_1st>w</_1st></details></zone><zone><name>z2</name></zone>' +
        '</listzonesresponse>',
    )
  })

  it('that is empty is an empty object', () => {
    expect(toJson('listzonesresponse', {})).toBe('{"listzonesresponse":{}}')
    expect(toXml('listzonesresponse', {}, '1')).toMatch(
      /<listzonesresponse cloud-stack-version="1"><\/listzonesresponse>$/,
    )
  })

  it('makes the text of a lasting part once, and of another one that is alike anew', () => {
    const part = () => [{ name: 'a "b"', none: null, when: new Date('2026-11-20T10:00:00Z'), deep: [1, { x: true }] }]
    const kept = lasting(part())
    const plain = toJson('r', { one: part(), two: part() })
    expect(toJson('r', { one: kept, two: kept })).toBe(plain)
    // It is told from what only looks like it, and is not looked at again.
    kept[0] = { ...part()[0], name: 'changed' } as (typeof kept)[number]
    expect(toJson('r', { one: kept, two: part() })).toBe(plain)
    expect(toJson('r', { one: part(), two: lasting(kept) })).not.toBe(plain)
  })

  it('has the texts of lasting parts in their places, also of one within another', () => {
    const inner = lasting([{ name: 'a "b"', value: '$1 $& lasting 0' }])
    const outer = lasting({ inner, none: null })
    const things = [{ id: 'a', inner, outer }, { id: 'b' }, { id: 'c', inner }]
    const copy = [{ name: 'a "b"', value: '$1 $& lasting 0' }]
    const wanted = [{ id: 'a', inner: copy, outer: { inner: copy } }, { id: 'b' }, { id: 'c', inner: copy }]
    for (const list of [things, ready(things as never)])
      expect(toJson('r', { things: list })).toBe(JSON.stringify({ r: { things: wanted } }))
  })

  it('is the same text whether it is said to be ready or not, also beside a lasting part', () => {
    const things = () => [
      { id: 'a', none: undefined, deep: [{ x: 1, y: undefined }], 'a "b"': true },
      { id: 'b', deep: [] },
    ]
    const whole = toJson('r', { count: 2, things: things() })
    expect(toJson('r', { count: 2, things: ready(things()) })).toBe(whole)
    expect(toJson('r', { count: 2, things: ready(things()), last: lasting([]) })).toBe(
      whole.replace('}}', ',"last":[]}}'),
    )
  })

  it('is the same text whether it is written at once or, for a lasting part in it, in parts', () => {
    const things = [
      ...[null, 0, -1.5, Number.NaN, true, 'a "b"\n\ud800', new Date(0), [], {}, [null, [1, null]], { a: null, b: [] }],
      { 2: 'b', 1: 'a', list: [{ x: null }, null], when: new Date(1e12), toJSON: 'text' },
      Object.defineProperty({ a: 1 }, '__proto__', { value: 'own', enumerable: true }),
    ]
    for (const thing of things) {
      const parts = toJson('r', { list: [thing, lasting([]), thing], thing, last: lasting(['x']) })
      const once = toJson('r', { list: [thing, [], thing], thing, last: ['x'] })
      expect(parts).toBe(once)
    }
    const [last] = things.slice(-1)
    expect(toJson('r', { last })).toBe('{"r":{"last":{"a":1,"__proto__":"own"}}}')
  })

  it('has no character that XML cannot carry', () => {
    expect(toXml('r', { log: 'a\u001b[0m\u0000\ud800z\ttab\u{1f600}' }, '1')).toContain(
      '<log>a\ufffd[0m\ufffd\ufffdz\ttab\u{1f600}</log>',
    )
  })

  it('writes dates as CloudStack does', () => {
    expect(formatDate(new Date(0))).toBe('1970-01-01T00:00:00+0000')
  })
})
