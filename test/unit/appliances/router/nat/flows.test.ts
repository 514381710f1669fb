import { deletionOf, type Flow, parseFlow } from '@sysvm/router/flows'
import { natChanges } from '@sysvm/router/nat/changes'
import { staleFlows } from '@sysvm/router/nat/flows'
import { NatSpec } from '@sysvm/router/spec'
import fc from 'fast-check'
import { expect, test } from 'vitest'

const lines = {
  tcp: 'tcp      6 431999 ESTABLISHED src=192.0.2.1 dst=198.51.100.6 sport=4000 dport=80 src=10.1.1.10 dst=192.0.2.1 sport=8080 dport=4000 [ASSURED] mark=0 use=1',
  ping: 'icmp     1 29 src=192.0.2.1 dst=198.51.100.7 type=8 code=0 id=77 src=10.1.1.11 dst=192.0.2.1 type=0 code=0 id=77 mark=0 use=1',
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
