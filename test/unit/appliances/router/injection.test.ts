import { routerServices } from '@sysvm/router'
import { encodeOption, OPTIONS } from '@sysvm/router/dhcp/options'
import { usersOf } from '@sysvm/router/loadbalancer/configuration'
import { LoadBalancerSpec } from '@sysvm/router/loadbalancer/spec'
import { render as renderMetadata } from '@sysvm/router/metadata/render'
import { arePortForwards } from '@sysvm/router/nat/quick'
import { PortForward } from '@sysvm/router/nat/spec'
import { parse, render } from 'haproxy-config'
import { expect, it, test } from 'vitest'
import type { z } from 'zod'

interface Leaf {
  /** `dns.views[].records[].name`; `{}` is a key of a record. */
  readonly path: string
  readonly schema: z.ZodType
}

interface Def {
  readonly type: string
  readonly shape?: Readonly<Record<string, z.ZodType>>
  readonly element?: z.ZodType
  readonly innerType?: z.ZodType
  readonly options?: readonly z.ZodType[]
  readonly items?: readonly z.ZodType[]
  readonly keyType?: z.ZodType
  readonly valueType?: z.ZodType
  readonly in?: z.ZodType
}

const definition = (schema: z.ZodType): Def => schema._zod.def as unknown as Def

const VALUES = new Set(['boolean', 'enum', 'int', 'literal', 'number'])

/** What the quick check of port forwards stands before. */
const CUSTOM: Readonly<Record<string, z.ZodType>> = { 'nat.forwards': PortForward.array() }

/** Every place in a service's spec that takes a text of the caller's. */
const leavesOf = (path: string, schema: z.ZodType): readonly Leaf[] => {
  const def = definition(schema)
  if (def.type === 'string') return [{ path, schema }]
  if (VALUES.has(def.type)) return []
  if (def.type === 'object')
    return Object.entries(def.shape ?? {}).flatMap(([key, inner]) => leavesOf(`${path}.${key}`, inner))
  if (def.element !== undefined) return leavesOf(`${path}[]`, def.element)
  if (def.innerType !== undefined) return leavesOf(path, def.innerType)
  if (def.items !== undefined) return def.items.flatMap((item, index) => leavesOf(`${path}[${index}]`, item))
  if (def.keyType !== undefined && def.valueType !== undefined)
    return [...leavesOf(`${path}{}`, def.keyType), ...leavesOf(`${path}.*`, def.valueType)]
  if (def.options !== undefined) {
    const inner = def.options.flatMap((option) => leavesOf(path, option))
    // A union of texts is refused only when each of them refuses.
    return inner.some((leaf) => leaf.path === path) ? [{ path, schema }] : inner
  }
  const known = CUSTOM[path]
  if (known !== undefined) return leavesOf(path, known)
  throw new Error(`${path} is a ${def.type}, which this test cannot look into`)
}

const PEM = (label: string): string => `-----BEGIN ${label}-----\neA==\n-----END ${label}-----\n`

/** For each text one of these is good. */
const GOOD = [
  ...['10.1.1.1', '10.0.0.0/8', '2001:db8::1', '2001:db8::/64', '02:00:00:00:00:01', '00:03:00:01:02:00'],
  ...['eth1', 'a.example', '/', '200', 'http://a.example/b', 'c0a80101-0000-4000-8000-000000000001', 'eA=='],
  ...[PEM('CERTIFICATE'), PEM('PRIVATE KEY'), '#!ipxe\n', 'secret', 'aes256-sha256-modp2048', `${'A'.repeat(43)}=`],
]

const INJECTED = {
  newline: '\nreboot',
  return: '\rreboot',
  'last newline': '\n',
  nul: '\0',
  escape: '\u001b[2J',
  separator: '\u2028reboot',
  'double quote': '"',
  'single quote': "'",
  backslash: '\\',
  semicolon: ';reboot',
  substitution: '$(reboot)',
  backtick: '`reboot`',
  pipe: '|reboot',
  blank: ' reboot',
  tab: '\treboot',
  comment: '#',
  brace: '{',
  long: 'x'.repeat(100_000),
} as const
type Injected = keyof typeof INJECTED

const QUOTING: readonly Injected[] = ['double quote', 'single quote', 'backslash', 'backtick']
const SHELL: readonly Injected[] = ['semicolon', 'substitution', 'pipe', 'comment', 'brace']
const LINES: readonly Injected[] = ['newline', 'last newline']

/** What a text takes though it looks hostile, and why that is safe. */
const ACCEPTED: readonly { readonly path: string; readonly kinds: readonly Injected[]; readonly why: string }[] = [
  {
    path: 'metadata.instances[].data.*',
    kinds: Object.keys(INJECTED) as Injected[],
    why: 'a string of a JSON document, served as the body of an answer',
  },
  {
    path: 'metadata.instances[].password.value',
    kinds: [...QUOTING, ...SHELL],
    why: 'a string of a JSON document, served as the body of an answer',
  },
  {
    path: 'dhcp.subnets[].reservations[].options[].value',
    kinds: Object.keys(INJECTED).filter((kind) => kind !== 'long') as Injected[],
    why: 'checked with its code, and given to Kea as bytes in hex',
  },
  {
    path: 'loadbalancer.statistics.password',
    kinds: [...QUOTING, ...SHELL],
    why: 'quoted for haproxy',
  },
  {
    path: 'loadbalancer.statistics.path',
    kinds: ['semicolon', 'substitution'],
    why: 'characters of a path (RFC 3986), quoted for haproxy',
  },
  {
    path: 'loadbalancer.rules[].check.path',
    kinds: ['semicolon', 'substitution'],
    why: 'characters of a path (RFC 3986), quoted for haproxy',
  },
  {
    path: 'metadata.instances[].data{}',
    kinds: ['long'],
    why: 'a key of a JSON document; a request to the agent holds no more than its limit',
  },
  {
    path: 'metadata.instances[].userData',
    kinds: ['long'],
    why: 'base64, as much as a request to the agent may hold',
  },
  {
    path: 'netboot.guests[].linux.arguments',
    kinds: ['blank'],
    why: 'a command line has several words',
  },
  {
    path: 'netboot.guests[].script',
    kinds: [...LINES, ...QUOTING, ...SHELL, 'blank', 'tab'],
    why: "the guest's own program, which only that guest is given",
  },
  {
    path: 'routing.bgp.peers[].password',
    kinds: ['semicolon', 'substitution', 'backtick', 'pipe', 'comment', 'brace'],
    why: 'characters that FRR reads as part of the word; vtysh compares it in test/lab/routing.test.ts',
  },
  {
    path: 'vpn.connections[].psk',
    kinds: [...QUOTING, ...SHELL, 'blank'],
    why: 'a value of a VICI message, which has its length before it',
  },
  {
    path: 'vpn.remoteAccess.users[].password',
    kinds: [...QUOTING, ...SHELL],
    why: 'given to charon as bytes with their length, by its socket',
  },
  {
    path: 'vpn.l2tp.psk',
    kinds: [...QUOTING, ...SHELL, 'blank'],
    why: 'a value of a VICI message, which has its length before it',
  },
  {
    path: 'vpn.l2tp.users[].password',
    kinds: [...QUOTING, ...SHELL],
    why: "quoted as pppd(8) reads its secrets, of which vpn/l2tp/render.test.ts has the letters; one that would be a file's name is left out",
  },
]

const leaves = routerServices.flatMap(({ name, schema }) => leavesOf(name, schema as z.ZodType))

it('finds texts in each service', () => {
  expect([...new Set(leaves.map(({ path }) => path.split(/[.[]/)[0]))].sort()).toEqual(
    routerServices.map(({ name }) => name).sort(),
  )
})

test.each(leaves)('$path takes nothing that ends a line, a string or a command', ({ path, schema }) => {
  const good = GOOD.find((text) => schema.safeParse(text).success)
  expect(good).toBeDefined()
  const taken = Object.entries(INJECTED)
    .filter(([, text]) => schema.safeParse(`${good}${text}`).success || schema.safeParse(`${text}${good}`).success)
    .map(([kind]) => kind)
  const accepted = ACCEPTED.find((one) => one.path === path)?.kinds ?? []
  expect(taken.sort()).toEqual([...accepted].sort())
})

it('has no exception for a text that is not there', () => {
  const paths = new Set(leaves.map(({ path }) => path))
  expect(ACCEPTED.filter(({ path }) => !paths.has(path))).toEqual([])
})

it('checks port forwards as strictly by the quick way', () => {
  const forward = {
    id: 'a',
    address: '192.0.2.1',
    protocol: 'tcp',
    port: 80,
    guest: '10.1.1.2',
    sources: ['10.0.0.0/8'],
  }
  expect(arePortForwards([forward])).toBe(true)
  const hostile = Object.values(INJECTED).flatMap((text) => [
    ...(['id', 'address', 'protocol', 'guest'] as const).map((key) => ({
      ...forward,
      [key]: `${forward[key]}${text}`,
    })),
    { ...forward, sources: [`10.0.0.0/8${text}`] },
    { ...forward, [`id${text}`]: 'a' },
  ])
  expect(hostile.filter((one) => arePortForwards([one]) || PortForward.safeParse(one).success)).toEqual([])
})

it("gives a DHCP option's text as its bytes", () => {
  const texts = Object.values(INJECTED).map((text) => `a${text}`)
  const wrong = [...OPTIONS.keys()].flatMap((code) =>
    texts.filter((text) => {
      const bytes = encodeOption(code, text)
      if (bytes === undefined || bytes.toString('latin1') === text) return false
      // Blanks around an item of a list are nothing.
      return text === text.trim() || !encodeOption(code, text.trim())?.equals(bytes)
    }),
  )
  expect(wrong).toEqual([])
})

it('writes metadata and passwords so that they are read as they were', () => {
  const data = Object.fromEntries(Object.values(INJECTED).map((text, index) => [`key-${index}`, text]))
  const password = { id: 'c0a80101-0000-4000-8000-000000000001', value: `a"'\\;$(reboot)\`|#{` }
  const spec = { listen: ['10.1.1.1'], instances: [{ address: '10.1.1.2', data, password }] }
  const whole = {
    version: 1,
    generation: 1,
    name: 'r',
    role: 'router',
    services: { interfaces: { interfaces: [] } },
  } as const
  const [file] = renderMetadata(spec, whole).files
  expect(JSON.parse(file?.text ?? '')).toMatchObject({ instances: { '10.1.1.2': { data, password } } })
})

it('writes the password of the statistics page so that haproxy reads it as it was', () => {
  const password = `a"'\\;$(reboot)\`|#{`
  const statistics = { address: '10.1.1.1', user: 'admin', password }
  const configuration = usersOf(LoadBalancerSpec.parse({ rules: [], statistics }))
  expect(parse(render(configuration))).toMatchObject(configuration)
})
