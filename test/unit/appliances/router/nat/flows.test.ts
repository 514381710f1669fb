import { contains } from '@sysvm/agent/spec'
import { deletionOf, deletionsOf, type Flow, parseFlow } from '@sysvm/router/flows'
import { natChanges } from '@sysvm/router/nat/changes'
import { staleFlows } from '@sysvm/router/nat/flows'
import { NatSpec } from '@sysvm/router/spec'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'

const lines = {
  tcp: 'tcp      6 431999 ESTABLISHED src=192.0.2.1 dst=198.51.100.6 sport=4000 dport=80 src=10.1.1.10 dst=192.0.2.1 sport=8080 dport=4000 [ASSURED] mark=0 use=1',
  ping: 'icmp     1 29 src=192.0.2.1 dst=198.51.100.7 type=8 code=0 id=77 src=10.1.1.11 dst=192.0.2.1 type=0 code=0 id=77 mark=0 use=1',
  ping6:
    'icmpv6   58 29 src=2001:db8::1 dst=2001:db8:1::2 type=128 code=0 id=7 src=2001:db8:1::2 dst=2001:db8::1 type=129 code=0 id=7 mark=0 use=1',
  gre: 'unknown  47 599 src=192.0.2.1 dst=198.51.100.7 src=10.1.1.11 dst=192.0.2.1 mark=0 use=1',
} as const

test('flows are read as conntrack prints them, and named for their end', () => {
  expect(parseFlow(lines.tcp)).toEqual({
    protocol: 'tcp',
    original: { source: '192.0.2.1', destination: '198.51.100.6', sourcePort: 4000, destinationPort: 80 },
    reply: { source: '10.1.1.10', destination: '192.0.2.1', sourcePort: 8080, destinationPort: 4000 },
  })
  expect(Object.values(lines).map((line) => deletionOf(parseFlow(line) as Flow))).toEqual([
    '-D -p tcp -s 192.0.2.1 -d 198.51.100.6 --sport 4000 --dport 80',
    '-D -p icmp -s 192.0.2.1 -d 198.51.100.7 --icmp-type 8 --icmp-code 0 --icmp-id 77',
    '-f ipv6 -D -p icmpv6 -s 2001:db8::1 -d 2001:db8:1::2 --icmpv6-type 128 --icmpv6-code 0 --icmpv6-id 7',
    '-D -p 47 -s 192.0.2.1 -d 198.51.100.7',
  ])
  expect(parseFlow('conntrack v1.4.8 (conntrack-tools): 3 flow entries have been shown.')).toBeUndefined()
})

/** Few ports and guests, so that two specs share and shift rules often. */
const forward = fc
  .record({
    address: fc.constantFrom('198.51.100.5', '198.51.100.6'),
    protocol: fc.constantFrom('tcp' as const, 'udp' as const),
    port: fc.integer({ min: 1, max: 12 }),
    length: fc.integer({ min: 1, max: 4 }),
    guest: fc.constantFrom('10.1.1.10', '10.1.1.11'),
    shift: fc.constantFrom(0, 0, 3),
    sources: fc.constantFrom(undefined, ['192.0.2.0/31']),
  })
  .map(({ length, shift, sources, ...rule }) => ({
    ...rule,
    endPort: rule.port + length - 1,
    guestPort: rule.port + shift,
    ...(sources === undefined ? {} : { sources }),
  }))

type Forward = (typeof forward)['generate'] extends (...args: never[]) => { value: infer T } ? T : never

const disjoint = (forwards: readonly Forward[]): Forward[] => {
  const taken = new Set<string>()
  return forwards.filter(({ address, protocol, port, endPort }) => {
    const keys = Array.from({ length: endPort - port + 1 }, (_, index) => `${address} ${protocol} ${port + index}`)
    if (keys.some((key) => taken.has(key))) return false
    for (const key of keys) taken.add(key)
    return true
  })
}

const specs = fc
  .array(forward, { maxLength: 8 })
  .map((forwards) => NatSpec.parse({ source: [], forwards: disjoint(forwards) }))

/** The naive reading: the first rule that has the port and the source. */
const leadsTo = ({ forwards }: NatSpec, address: string, protocol: string, port: number, source: string): string => {
  const rule = forwards.find(
    (one) =>
      one.address === address && one.protocol === protocol && port >= one.port && port <= (one.endPort ?? one.port),
  )
  if (rule === undefined || (rule.sources !== undefined && source !== '192.0.2.1')) return ''
  return `${rule.guest} ${(rule.guestPort ?? rule.port) + port - rule.port}`
}

test('cut is what no rule would make now, and nothing else', () => {
  fc.assert(
    fc.property(specs, specs, (before, after) => {
      const flows: { readonly flow: Flow; readonly kept: boolean }[] = []
      for (const address of ['198.51.100.5', '198.51.100.6'])
        for (const protocol of ['tcp', 'udp'])
          for (let port = 1; port <= 16; port++)
            for (const source of ['192.0.2.1', '192.0.2.9']) {
              const was = leadsTo(before, address, protocol, port, source)
              if (was === '') continue
              const [guest = '', inner] = was.split(' ')
              const flow: Flow = {
                protocol,
                original: { source, destination: address, sourcePort: 4000, destinationPort: port },
                reply: { source: guest, destination: source, sourcePort: Number(inner), destinationPort: 4000 },
              }
              flows.push({ flow, kept: leadsTo(after, address, protocol, port, source) === was })
            }
      const all = flows.map(({ flow }) => flow)
      const stale = new Set(staleFlows(all, natChanges(before, after), after))
      expect(flows.filter(({ flow, kept }) => stale.has(flow) === kept)).toEqual([])
    }),
  )
})

test('both directions of a one to one address end with it, and what others began stays', () => {
  const before = NatSpec.parse({ source: [], static: [{ address: '198.51.100.7', guest: '10.1.1.11' }] })
  const [ping, gre] = [parseFlow(lines.ping) as Flow, parseFlow(lines.gre) as Flow]
  const out = parseFlow(
    'tcp 6 99 ESTABLISHED src=10.1.1.11 dst=192.0.2.1 sport=1 dport=80 src=192.0.2.1 dst=198.51.100.7 sport=80 dport=1 use=1',
  ) as Flow
  const others = parseFlow(lines.tcp) as Flow
  expect(staleFlows([ping, gre, out, others], natChanges(before, undefined), undefined)).toEqual([ping, gre, out])
})

const from = (source: string, sourcePort: number, destination = '203.0.113.9', destinationPort = 80): Flow => ({
  protocol: 'tcp',
  original: { source, sourcePort, destination, destinationPort },
  reply: { source: destination, sourcePort: destinationPort, destination: source, destinationPort: sourcePort },
})

describe('many flows that end', () => {
  const port80 = Array.from({ length: 5000 }, (_, index) => from(`198.51.100.${index % 250}`, 1024 + index))
  const port81 = port80.map(({ original }) => from(original.source, original.sourcePort ?? 0, '203.0.113.9', 81))

  it('go by one line where all of a port go', () => {
    expect(deletionsOf(port80, [...port80, ...port81])).toEqual(['-D -p tcp -d 203.0.113.9 --dport 80'])
  })

  it('go by their source where others come to the same port', () => {
    const mine = port80.filter(({ original }) => original.source === '198.51.100.7')
    expect(deletionsOf(mine, port80)).toEqual(['-D -p tcp -s 198.51.100.7'])
    expect(deletionsOf(mine, [...port80, from('198.51.100.7', 9, '203.0.113.8')])).toEqual([
      '-D -p tcp -s 198.51.100.7 -d 203.0.113.9',
    ])
  })

  it('take no other with them', () => {
    const kept = port80.filter((_, index) => index % 500 === 0)
    const ending = port80.filter((flow) => !kept.includes(flow))
    const lines = deletionsOf(ending, port80)
    const ends = (line: string, { original }: Flow): boolean =>
      [...line.matchAll(/(-s|-d|--sport|--dport) (\S+)/g)].every(([, word = '', value]) => {
        const key = { '-s': 'source', '-d': 'destination', '--sport': 'sourcePort', '--dport': 'destinationPort' }[word]
        const own = String(original[key as keyof typeof original])
        return value?.includes('/') === true ? contains(value, own) : own === value
      })
    expect(ending.filter((flow) => !lines.some((line) => ends(line, flow)))).toEqual([])
    expect(kept.filter((flow) => lines.some((line) => ends(line, flow)))).toEqual([])
    expect(lines.length).toBeLessThan(ending.length / 2)
  })

  it('are not those that both sides ended', () => {
    const line =
      'tcp      6 119 TIME_WAIT src=10.0.0.1 dst=10.0.0.2 sport=1 dport=2 src=10.0.0.2 dst=10.0.0.1 sport=2 dport=1'
    expect(parseFlow(line)?.ended).toBe(true)
    expect(parseFlow(line.replace('TIME_WAIT', 'ESTABLISHED'))?.ended).toBeUndefined()
  })
})
