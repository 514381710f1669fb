import fc from 'fast-check'
import { type Backend, type Configuration, commandText, diff, type RuntimeCommand, type Server } from 'haproxy-config'
import { describe, expect, test } from 'vitest'

const backend = (servers: readonly Server[], extra: Partial<Backend> = {}): Configuration => ({
  backends: [{ name: 'b', mode: 'http', balance: 'roundrobin', servers, ...extra }],
})
const server = (name: string, extra: Partial<Server> = {}): Server => ({ name, address: '10.1.1.1:80', ...extra })
const texts = (before: Configuration, after: Configuration): readonly string[] | string => {
  const change = diff({ configuration: before }, { configuration: after })
  return change.kind === 'runtime' ? change.commands.map((command) => commandText(command).trimEnd()) : change.kind
}

describe('servers', () => {
  test('nothing for what is equal', () => {
    expect(texts(backend([server('a')]), backend([server('a')]))).toBe('none')
  })

  test('one that comes is added before one that goes is taken away', () => {
    const after = backend([server('c', { check: true, inter: 2000, weight: 5, cookie: 'c' })])
    expect(texts(backend([server('a')]), after)).toEqual([
      'add server b/c 10.1.1.1:80 check inter 2000 weight 5 cookie c',
      'enable health b/c',
      'enable server b/c',
      'set server b/a state maint',
      'wait 1ms srv-removable b/a',
      'del server b/a',
    ])
  })

  test('weight, address, connections and state are set', () => {
    const before = backend([server('a', { weight: 10, maxconn: 5 })])
    const after = backend([server('a', { weight: 20, maxconn: 6, disabled: true, address: '[fd00::1]:81' })])
    expect(texts(before, after)).toEqual([
      'set server b/a addr fd00::1 port 81',
      'set server b/a weight 20',
      'set maxconn server b/a 6',
      'set server b/a state maint',
    ])
  })

  test('a default of the section goes with a server that comes', () => {
    const defaults = { defaultServer: { inter: 500 } }
    expect(texts(backend([], defaults), backend([server('a', { check: true })], defaults))).toContain(
      'add server b/a 10.1.1.1:80 check inter 500',
    )
  })

  test('other options, and members of a numbered hash, want a reload', () => {
    expect(texts(backend([server('a')]), backend([server('a', { check: true })]))).toBe('reload')
    const numbered = { balance: 'source' } as const
    expect(texts(backend([server('a')], numbered), backend([], numbered))).toBe('reload')
    const consistent = { balance: 'source', hashType: 'consistent' } as const
    expect(texts(backend([server('a')], consistent), backend([], consistent))).toHaveLength(3)
  })
})

describe('sections', () => {
  const frontend = (maxconn?: number): Configuration => ({
    frontends: [{ name: 'f', binds: [{ address: '*:80' }], ...(maxconn === undefined ? {} : { maxconn }) }],
  })

  test('connections of a frontend are set, anything else of it wants a reload and is named', () => {
    expect(texts(frontend(1), frontend(2))).toEqual(['set maxconn frontend f 2'])
    expect(texts(frontend(), frontend(2))).toBe('reload')
    expect(diff({ configuration: frontend() }, { configuration: {} })).toEqual({
      kind: 'reload',
      reasons: ['frontend f goes'],
    })
    expect(diff({ configuration: {} }, { configuration: { global: { maxconn: 1 } } })).toEqual({
      kind: 'reload',
      reasons: ['global is new'],
    })
  })
})

describe('files', () => {
  const pem = (body: string): string => `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`
  const whole = (certificates: Readonly<Record<string, string>>, listed = Object.keys(certificates)) => ({
    configuration: {},
    files: [
      ...Object.entries(certificates).map(([path, body]) => ({ kind: 'certificate' as const, path, pem: pem(body) })),
      { kind: 'crt-list' as const, path: 'list', entries: listed.map((certificate) => ({ certificate })) },
    ],
  })
  const kinds = (change: ReturnType<typeof diff>): unknown =>
    change.kind === 'runtime' ? change.commands.map(({ kind }) => kind) : change.kind

  test('certificates are renewed, added and removed', () => {
    expect(kinds(diff(whole({ a: 'AAAA' }), whole({ a: 'AAAA' })))).toBe('none')
    expect(kinds(diff(whole({ a: 'AAAA' }), whole({ a: 'BBBB' })))).toEqual(['set-certificate', 'commit-certificate'])
    expect(kinds(diff(whole({ a: 'AAAA' }), whole({ a: 'AAAA', b: 'BBBB' })))).toEqual([
      'new-certificate',
      'set-certificate',
      'commit-certificate',
      'add-crt-list-entry',
    ])
    expect(kinds(diff(whole({ a: 'AAAA', b: 'BBBB' }), whole({ a: 'AAAA' })))).toEqual([
      'delete-crt-list-entry',
      'delete-certificate',
    ])
  })

  test('another default certificate wants a reload', () => {
    const both = { a: 'AAAA', b: 'BBBB' }
    expect(kinds(diff(whole(both, ['a', 'b']), whole(both, ['b', 'a'])))).toBe('reload')
  })

  test('maps and lists of ACLs follow entry by entry', () => {
    const map = (entries: readonly (readonly [string, string])[]) => ({
      configuration: {},
      files: [{ kind: 'map' as const, path: 'm', entries }],
    })
    const change = diff(
      map([
        ['a', '1'],
        ['b', '2'],
      ]),
      map([
        ['b', '3'],
        ['c', '4 5'],
      ]),
    )
    expect(change.kind === 'runtime' ? change.commands.map((command) => commandText(command)) : change).toEqual([
      'del map m a\n',
      'set map m b 3\n',
      'add map m c 4\\ 5\n',
    ])
  })
})

/** What a process has after the commands, as haproxy would do them. */
const run = (
  servers: ReadonlyMap<string, Server>,
  commands: readonly RuntimeCommand[],
): ReadonlyMap<string, Server> => {
  const now = new Map(servers)
  const change = (name: string, part: Partial<Server>): void => {
    const { disabled: _, ...known } = now.get(name) as Server
    const kept = (now.get(name) as Server).disabled === true ? { disabled: true as const } : {}
    now.set(name, { ...known, ...kept, ...part })
  }
  for (const command of commands) {
    if (command.kind === 'add-server') now.set(command.server.name, { ...command.server, disabled: true })
    if (command.kind === 'set-weight') change(command.server, { weight: command.weight })
    if (command.kind === 'set-address') change(command.server, { address: command.address })
    if (command.kind === 'delete-server') now.delete(command.server)
    if (command.kind === 'set-state' && command.state === 'maint') change(command.server, { disabled: true })
    if (command.kind === 'enable-server' || (command.kind === 'set-state' && command.state === 'ready')) {
      const { disabled: _, ...rest } = now.get(command.server) as Server
      now.set(command.server, rest)
    }
  }
  return now
}

test('commands lead from any servers to any others', () => {
  const one = fc.record(
    {
      name: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      address: fc.integer({ min: 1, max: 3 }).map((last) => `10.1.1.${last}:80`),
      weight: fc.nat(3),
      disabled: fc.constant(true as const),
    },
    { requiredKeys: ['name', 'address', 'weight'] },
  ) as fc.Arbitrary<Server>
  const some = fc.uniqueArray(one, { selector: ({ name }) => name, maxLength: 5 })
  fc.assert(
    fc.property(some, some, (before, after) => {
      const change = diff({ configuration: backend(before) }, { configuration: backend(after) })
      expect(change.kind).not.toBe('reload')
      const commands = change.kind === 'runtime' ? change.commands : []
      const result = run(new Map(before.map((entry) => [entry.name, entry])), commands)
      expect(Object.fromEntries(result)).toEqual(Object.fromEntries(after.map((entry) => [entry.name, entry])))
    }),
  )
})
