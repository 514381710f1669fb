import fc from 'fast-check'
import { type Configuration, HAProxyConfigError, parse, render } from 'haproxy-config'
import { describe, expect, test } from 'vitest'
import { everything } from './everything.ts'

const codeOf = (work: () => unknown): string | undefined => {
  try {
    work()
    return undefined
  } catch (error) {
    if (error instanceof HAProxyConfigError) return error.code
    throw error
  }
}

test('every field, exactly', async () => {
  await expect(render(everything)).toMatchFileSnapshot('./everything.golden')
})

test('every field is read back', () => {
  expect(parse(render(everything))).toEqual(everything)
})

const withPassword = (password: string): Configuration => ({
  userlists: [{ name: 'u', users: [{ name: 'a', password }] }],
})

describe('quoting', () => {
  test('any printable text is one word, and the same one when read', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'binary' }), (password) => {
        let text: string
        try {
          text = render(withPassword(password))
        } catch (error) {
          expect(error).toMatchObject({ code: 'HAPROXY_VALUE' })
          return
        }
        expect(text.split('\n')).toHaveLength(3)
        expect(parse(text)).toEqual(withPassword(password))
      }),
      { numRuns: 500 },
    )
  })

  test('line breaks and control characters stand in no value', () => {
    for (const bad of ['\n', '\r', '\0', '\u0085', '\u2028', '\u2029', '\t', '\u001b', '\ud800'])
      expect(codeOf(() => render(withPassword(`a${bad}b`)))).toBe('HAPROXY_VALUE')
  })

  test.each(['a b', '#a', "it's", '"x"', '$HOME', '\\n', '$(X)', '', 'ü'])('%j', (password) => {
    if (password === '') expect(codeOf(() => render(withPassword(password)))).toBe('HAPROXY_VALUE')
    else expect(parse(render(withPassword(password)))).toEqual(withPassword(password))
  })
})

const word = fc.stringMatching(/^[A-Za-z0-9_.-]{1,12}$/)
const weird = fc.oneof(word, fc.constantFrom('a b', "it's", '#x', '$y', '\\', '"', '%', '-f', '--', 'if', '||', '!z'))
const expression = fc.record(
  {
    fetch: word,
    args: fc.array(word, { minLength: 1, maxLength: 2 }),
    converters: fc.array(fc.record({ name: word }), { minLength: 1, maxLength: 2 }),
  },
  { requiredKeys: ['fetch'] },
)
const term = fc.record(
  {
    sample: expression,
    match: fc.constantFrom('beg', 'str'),
    not: fc.constant(true),
    ignoreCase: fc.constant(true),
    values: fc.array(weird, { minLength: 1, maxLength: 3 }),
  },
  { requiredKeys: ['sample'] },
)
const condition = fc.array(fc.array(term, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 2 })
const when = fc.oneof(
  condition.map((terms) => ({ if: terms })),
  condition.map((terms) => ({ unless: terms })),
)
/** Neighbouring literals are read back as one. */
const value = fc
  .tuple(weird, fc.option(expression), fc.option(weird))
  .map(([head, sample, tail]) => [
    head,
    ...(sample === null ? [] : [sample]),
    ...(sample === null || tail === null ? [] : [tail]),
  ])
const server = fc.record(
  {
    name: word,
    address: fc.tuple(fc.ipV4(), fc.integer({ min: 1, max: 65535 })).map(([host, port]) => `${host}:${port}`),
    check: fc.constant(true),
    weight: fc.nat(256),
    inter: fc.integer({ min: 1, max: 100_000 }),
    maxconn: fc.nat(1000),
    cookie: word,
    disabled: fc.constant(true),
    sendProxyV2: fc.constant(true),
  },
  { requiredKeys: ['name', 'address'] },
)
const backend = fc.record(
  {
    name: word,
    mode: fc.constantFrom('tcp', 'http'),
    description: weird,
    balance: fc.constantFrom('roundrobin', 'leastconn', 'source'),
    hashType: fc.constantFrom('map-based', 'consistent'),
    timeouts: fc.record(
      { connect: fc.integer({ min: 1, max: 1000 }), httpRequest: fc.integer({ min: 1, max: 1000 }) },
      { requiredKeys: ['connect'] },
    ),
    httpRequests: fc.array(
      fc.oneof(
        fc.record(
          { action: fc.constant('set-header'), header: word, value, when },
          { requiredKeys: ['action', 'header', 'value'] },
        ),
        fc.record(
          { action: fc.constant('deny'), status: fc.integer({ min: 200, max: 599 }), when },
          { requiredKeys: ['action'] },
        ),
      ),
      { minLength: 1, maxLength: 3 },
    ),
    servers: fc.uniqueArray(server, { selector: (entry) => entry.name, minLength: 1, maxLength: 4 }),
  },
  { requiredKeys: ['name'] },
)
const configurations = fc.record({
  backends: fc.uniqueArray(backend, { selector: (entry) => entry.name, minLength: 1, maxLength: 3 }),
}) as unknown as fc.Arbitrary<Configuration>

test('what is written is read back the same', () => {
  fc.assert(
    fc.property(configurations, (configuration) => {
      const text = render(configuration)
      expect(parse(text)).toEqual(configuration)
      expect(render(parse(text))).toBe(text)
    }),
    { numRuns: 500 },
  )
})

describe('refused, with a code', () => {
  const server = (extra: object): Configuration => ({
    backends: [{ name: 'b', servers: [{ name: 's', address: '10.1.1.1:80', ...extra }] }],
  })
  test.each<[string, Configuration, string]>([
    ['a name with a blank', { backends: [{ name: 'a b' }] }, 'HAPROXY_NAME'],
    ['two of one name', { backends: [{ name: 'b' }, { name: 'b' }] }, 'HAPROXY_DUPLICATE'],
    ['a backend that is not there', { frontends: [{ name: 'f', defaultBackend: 'b' }] }, 'HAPROXY_REFERENCE'],
    [
      'an ACL that is not there',
      { backends: [{ name: 'b', httpRequests: [{ action: 'allow', when: { if: [[{ acl: 'x' }]] } }] }] },
      'HAPROXY_REFERENCE',
    ],
    ['an address without a port', server({ address: '10.1.1.1' }), 'HAPROXY_VALUE'],
    ['an address with a line break', server({ address: '10.1.1.1:80\n' }), 'HAPROXY_VALUE'],
    ['an octal address', server({ address: '010.1.1.1:080' }), 'HAPROXY_VALUE'],
    ['a weight out of range', server({ weight: 257 }), 'HAPROXY_VALUE'],
    ['a field that there is not', server({ agent: 'x' }), 'HAPROXY_VALUE'],
    ['a cookie of two words', server({ cookie: 'a check' }), 'HAPROXY_VALUE'],
    [
      'an argument that ends the expression',
      { backends: [{ name: 'b', balance: { hash: { fetch: 'path', args: ['a),b('] } } }] },
      'HAPROXY_VALUE',
    ],
    [
      'a brace as a value',
      {
        backends: [
          {
            name: 'b',
            httpRequests: [{ action: 'allow', when: { if: [[{ sample: { fetch: 'path' }, values: ['}'] }]] } }],
          },
        ],
      },
      'HAPROXY_VALUE',
    ],
    [
      'more words than haproxy reads',
      {
        backends: [
          {
            name: 'b',
            acls: [{ name: 'a', sample: { fetch: 'src' }, values: Array.from({ length: 70 }, () => '10.0.0.1') }],
          },
        ],
      },
      'HAPROXY_LIMIT',
    ],
  ])('%s', (_, configuration, code) => {
    expect(codeOf(() => render(configuration))).toBe(code)
  })

  test.each<[string, string, number]>([
    ['a section that is not known', 'resolvers r\n', 1],
    ['a line without a section', '    maxconn 1\n', 1],
    ['a line that is not known', 'global\n    lua-load x\n', 2],
    ['an open quote', "global\n    localpeer 'x\n", 2],
    ['a variable', 'global\n    maxconn "$MAX"\n', 2],
    ['a number with a zero in front', 'global\n    maxconn 010\n', 2],
  ])('reading %s', (_, text, line) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'HAPROXY_UNREADABLE', line }))
  })
})

test('comments, blank lines and other quoting are read', () => {
  const text = "# mine\n\nuserlist u # here\n\tuser a  insecure-password  it\\'s\\ a\\ \\#\n"
  expect(parse(text)).toEqual(withPassword("it's a #"))
})
