import fc from 'fast-check'
import {
  apply,
  applyDiff,
  check,
  diff,
  differences,
  type FirstMatchRule,
  firstMatchList,
  list,
  type Packet,
  type Ruleset,
  type Run,
} from 'node-iptables'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packetArbitrary, rulesArbitrary } from '../unit/appliances/node-iptables/first-match/arbitrary.ts'
import { naive } from '../unit/appliances/node-iptables/first-match/model.ts'
import { createLab, type Lab, type Namespace } from './index.ts'
import { sendPackets } from './packets.ts'
import { openInside } from './router/inside.ts'

let lab: Lab
let netns: Namespace
let run: Run
beforeAll(async () => {
  lab = await createLab('first-match')
  netns = await lab.namespace('kernel')
  run = (await openInside(netns)).run
  await netns.ip(['route', 'add', 'local', '0.0.0.0/0', 'dev', 'lo'])
  await netns.exec(['ip', '-6', 'route', 'add', 'local', '::/0', 'dev', 'lo'])
})
afterAll(async () => {
  await lab?.[Symbol.asyncDispose]()
})

const outcomes = ['v0', 'v1', 'v2', 'none']

/** The list is asked about everything that the namespace sends, and what it says is where the packet goes. */
const rulesetOf = (rules: readonly FirstMatchRule[]): Ruleset => {
  const { chain, maps, sets, chains } = firstMatchList('acl', rules)
  const hook = { type: 'filter', at: 'output', priority: 'filter' } as const
  const asked = [...chain.rules, { jump: { target: 'GOTO', chain: 'none' } } as const]
  return {
    tables: [
      {
        family: 'inet',
        name: 't',
        maps,
        sets,
        chains: [...outcomes.map((name) => ({ name, rules: [] })), ...chains, { name: 'out', hook, rules: asked }],
      },
    ],
  }
}

/** Chains that note the numbers of the packets that came to them. */
const notes = outcomes
  .flatMap((name) =>
    (['ip id', 'ip6 flowlabel'] as const).flatMap((field) => {
      const set = `${name}_${field.slice(0, 3).trim()}`
      return [
        `add set inet t ${set} { typeof ${field}; flags dynamic; size 65535; }`,
        `add rule inet t ${name} add @${set} { ${field} }`,
      ]
    }),
  )
  .join('\n')

const noted = async (name: string): Promise<readonly number[]> => {
  const listings = await Promise.all(
    ['ip', 'ip6'].map(async (family) => (await run(['nft', 'list', 'set', 'inet', 't', `${name}_${family}`])).stdout),
  )
  return listings.flatMap((text) =>
    (/elements = \{([^}]*)\}/.exec(text)?.[1] ?? '')
      .split(',')
      .flatMap((part) => (part.trim() === '' ? [] : Number(part))),
  )
}

const decided = async (packets: readonly Packet[]): Promise<readonly (string | undefined)[]> => {
  const byNumber = new Map<number, string>()
  for (const name of outcomes) for (const number of await noted(name)) byNumber.set(number, name)
  return packets.map((_, index) => byNumber.get(index + 1))
}

test('for any list the kernel decides every packet as the list read from its top', async () => {
  await fc.assert(
    fc.asyncProperty(
      rulesArbitrary,
      fc.array(packetArbitrary, { minLength: 100, maxLength: 100 }),
      async (rules, packets) => {
        await run(['nft', 'flush', 'ruleset'])
        const ruleset = rulesetOf(rules)
        await apply(ruleset, { run })
        expect(differences(ruleset, await list({ run }))).toEqual([])
        await run(['nft', '-f', '-'], { input: notes })
        await sendPackets(netns, packets)
        const expected = packets.map((packet) => {
          const verdict = rules[naive(rules, packet)]?.verdict
          return [packet, typeof verdict === 'object' ? verdict.chain : 'none']
        })
        const found = await decided(packets)
        expect(packets.map((packet, index) => [packet, found[index]])).toEqual(expected)
      },
    ),
    { numRuns: 25 },
  )
})

test('for any two lists the kernel takes the difference between them', async () => {
  await fc.assert(
    fc.asyncProperty(rulesArbitrary, rulesArbitrary, async (a, b) => {
      const [before, after] = [rulesetOf(a), rulesetOf(b)]
      await apply(before, { run })
      await applyDiff(before, after, { run })
      expect(diff(await list({ run }), after)).toBe('')
    }),
    { numRuns: 25 },
  )
})

test('a rule of long lists on both sides is decided by its sets', async () => {
  const hosts = (net: number) => Array.from({ length: 100 }, (_, index) => `10.${net}.${index}.1`)
  const rules: readonly FirstMatchRule[] = [
    {
      protocol: 'icmp',
      icmpType: 8,
      source: hosts(1),
      destination: hosts(2),
      verdict: { target: 'GOTO', chain: 'v0' },
    },
    { source: hosts(1), destination: hosts(2), verdict: { target: 'GOTO', chain: 'v1' } },
  ]
  const ruleset = rulesetOf(rules)
  await check(ruleset, { run })
  await apply(ruleset, { run })
  expect(differences(ruleset, await list({ run }))).toEqual([])
  await run(['nft', '-f', '-'], { input: notes })
  const packet = (destination: string, icmpType: number): Packet => ({
    source: '10.1.7.1',
    destination,
    protocol: 'icmp',
    icmpType,
    icmpCode: 0,
  })
  const packets = [packet('10.2.99.1', 8), packet('10.2.99.1', 13), packet('10.2.99.2', 8)]
  await sendPackets(netns, packets)
  expect(await decided(packets)).toEqual(['v0', 'v1', 'none'])
})
