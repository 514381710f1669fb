import { UdpRule } from '@sysvm/router/loadbalancer/udp/document'
import { deletions, staleFlows } from '@sysvm/router/loadbalancer/udp/flows'
import { after, unknown } from '@sysvm/router/loadbalancer/udp/health'
import { HASH_SLOTS, hashed, round } from '@sysvm/router/loadbalancer/udp/slots'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

const members = fc.uniqueArray(
  fc.record({ id: fc.stringMatching(/^[a-z0-9]{1,8}$/), weight: fc.integer({ min: 0, max: 256 }) }),
  { selector: ({ id }) => id, minLength: 1, maxLength: 8 },
)
const countOf = <T>(all: readonly T[], one: T): number => all.filter((other) => other === one).length

describe('turns of a round', () => {
  test('each has its share, spread over the round', () => {
    const [a, b] = [
      { id: 'a', weight: 200 },
      { id: 'b', weight: 100 },
    ]
    expect(round([a, b]).map(({ id }) => id)).toEqual(['a', 'b', 'a'])
    expect(round([a]).map(({ id }) => id)).toEqual(['a'])
  })

  test('everybody with a weight has one, nobody without, and a round stays short', () => {
    fc.assert(
      fc.property(members, (some) => {
        const turns = round(some)
        for (const one of some) expect(countOf(turns, one) > 0).toBe(one.weight > 0)
        expect(turns.length).toBeLessThanOrEqual(64 + some.length)
      }),
    )
  })
})

describe('slots of a hash', () => {
  test('when one goes, only its slots change hands', () => {
    fc.assert(
      fc.property(members, fc.nat(), (some, seed) => {
        const gone = some[seed % some.length]
        const [before, next] = [hashed(some), hashed(some.filter((one) => one !== gone))]
        for (const [slot, owner] of next.entries()) if (before[slot] !== gone) expect(owner).toBe(before[slot])
      }),
      { numRuns: 30 },
    )
  })

  test('shares follow the weights', () => {
    const [a, b] = [
      { id: 'a', weight: 300 },
      { id: 'b', weight: 100 },
    ]
    const slots = hashed([a, b])
    expect(slots).toHaveLength(HASH_SLOTS)
    expect(countOf(slots, a) / HASH_SLOTS).toBeGreaterThan(0.65)
    expect(countOf(slots, a) / HASH_SLOTS).toBeLessThan(0.85)
  })
})

test('so many bad answers in a row take a member out, so many good ones bring it back', () => {
  const thresholds = { healthyThreshold: 2, unhealthyThreshold: 3 }
  const ups = (answers: string): string => {
    let health = unknown
    return [...answers]
      .map((answer) => {
        health = after(health, answer === '+', thresholds)
        return health.up ? 'u' : 'd'
      })
      .join('')
  }
  expect(ups('--+---+-++')).toBe('uuuuuddddu')
})

test('flows to members that are gone, or of listeners that are gone, are stale; those of others are not ours', () => {
  const rule = UdpRule.parse({
    id: 'r',
    address: '198.51.100.5',
    port: 53,
    algorithm: 'roundrobin',
    members: [{ id: 'a', address: '10.1.1.10', port: 5300 }],
    check: { kind: 'icmp' },
  })
  const flow = (port: number, source: string) => ({
    protocol: 'udp',
    original: { source: '192.0.2.1', destination: '198.51.100.5', sourcePort: 1, destinationPort: port },
    reply: { source, destination: '192.0.2.1', sourcePort: 5300, destinationPort: 1 },
  })
  const flows = [flow(53, '10.1.1.10'), flow(53, '10.1.1.11'), flow(54, '10.1.1.10'), flow(55, '10.1.1.10')]
  const gone = { address: '198.51.100.5', port: 54 }
  const stale = staleFlows(flows, [rule, gone], [rule], ({ members: all }) => all)
  expect(stale).toEqual([flows[1], flows[2]])
  expect(deletions([...stale, ...stale]).map((words) => words.join(' '))).toEqual([
    '--orig-dst 198.51.100.5 --orig-port-dst 53 --reply-src 10.1.1.11 --reply-port-src 5300',
    '--orig-dst 198.51.100.5 --orig-port-dst 54 --reply-src 10.1.1.10 --reply-port-src 5300',
  ])
})
