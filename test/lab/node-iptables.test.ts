import fc from 'fast-check'
import { apply, applyDiff, check, diff, differences, list, NetfilterError, type Ruleset, type Run } from 'node-iptables'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { rulesetArbitrary } from '../unit/appliances/node-iptables/arbitrary.ts'
import { everything } from '../unit/appliances/node-iptables/everything.ts'
import { createLab, type Lab, type Namespace } from './index.ts'
import { openInside } from './router/inside.ts'

let lab: Lab
let netns: Namespace
let run: Run
beforeAll(async () => {
  lab = await createLab('netfilter')
  netns = await lab.namespace('kernel')
  run = (await openInside(netns)).run
})
afterAll(async () => {
  await lab?.[Symbol.asyncDispose]()
})
beforeEach(async () => {
  await run(['nft', 'flush', 'ruleset'])
})

const live = (): Promise<Ruleset> => list({ run })

describe('apply', () => {
  test('the kernel holds exactly what the ruleset says', async () => {
    await check(everything, { run })
    await apply(everything, { run })
    expect(differences(everything, await live())).toEqual([])
    expect(diff(await live(), everything)).toBe('')
  })

  test('twice is the same as once', async () => {
    await apply(everything, { run })
    const once = await live()
    await apply(everything, { run })
    expect(await live()).toEqual(once)
  })

  test('tables of other programs are left alone', async () => {
    await run(['nft', 'add table ip stranger'])
    await apply(everything, { run })
    expect((await live()).tables.map((table) => table.name)).toContain('stranger')
  })

  test('what nft refuses changes nothing', async () => {
    await apply(everything, { run })
    const before = await live()
    const elements = ['10.0.0.0/24', '10.0.0.0/25']
    const overlapping: Ruleset = {
      tables: [{ family: 'ip', name: 'nat', sets: [{ name: 'o', key: ['ipv4_addr'], interval: true, elements }] }],
    }
    await expect(apply(overlapping, { run })).rejects.toThrow(/conflicting intervals|interval overlaps/)
    expect(await live()).toEqual(before)
  })

  test('without a run of its own it uses the nft of this namespace', async () => {
    const broken: Ruleset = {
      tables: [{ family: 'ip', name: 'x', chains: [{ name: 'c', rules: [{ source: '10.0.0.1', jump: 'DROP' }] }] }],
    }
    await expect(check(broken)).resolves.toBeUndefined()
    expect((await list({ tables: [{ family: 'ip', name: 'x' }] })).tables).toEqual([])
  })
})

describe('drift', () => {
  test('a rule added by hand is named, and the next diff removes it', async () => {
    await apply(everything, { run })
    await run(['nft', 'add rule inet filter input udp length 20 drop'])
    expect(differences(everything, await live())).toContain('flush chain inet filter input')
    await applyDiff(await live(), everything, { run })
    expect(differences(everything, await live())).toEqual([])
  })

  test('an element removed by hand is named', async () => {
    await apply(everything, { run })
    await run(['nft', 'delete element ip nat forwards { 203.0.113.5 . tcp . 80 }'])
    expect(differences(everything, await live())).toEqual([
      'add element ip nat forwards { 203.0.113.5 . tcp . 80 : 10.1.1.2 . 8080 }',
    ])
  })

  test('a table that is gone is named', async () => {
    await apply(everything, { run })
    await run(['nft', 'delete table ip nat'])
    expect(differences(everything, await live())).toEqual(['table ip nat is missing'])
  })

  test('an object this library has no words for makes the table be replaced', async () => {
    await apply(everything, { run })
    await run(['nft', 'add limit ip nat slow { rate 1/second }'])
    expect(differences(everything, await live())).toEqual(['table ip nat has a foreign limit slow'])
    await applyDiff(await live(), everything, { run })
    expect(differences(everything, await live())).toEqual([])
  })
})

test('named counters go on counting while the rules around them change', async () => {
  const ruleset = (jump: 'ACCEPT' | 'DROP'): Ruleset => ({
    tables: [
      {
        family: 'inet',
        name: 'filter',
        counters: ['pings'],
        chains: [
          {
            name: 'output',
            hook: { type: 'filter', at: 'output', priority: 'filter' },
            rules: [{ icmpType: 'echo-request', counter: 'pings', jump }],
          },
        ],
      },
    ],
  })
  await apply(ruleset('ACCEPT'), { run })
  await netns.exec(['busybox', 'ping', '-c', '2', '127.0.0.1'])
  await applyDiff(ruleset('ACCEPT'), ruleset('DROP'), { run })
  const { stdout } = await run(['nft', 'list', 'counter', 'inet', 'filter', 'pings'])
  expect(stdout).toContain('packets 2 ')
})

test('for any two rulesets the kernel accepts diff(a, b) on a, and then holds b', async () => {
  await fc.assert(
    fc.asyncProperty(rulesetArbitrary, rulesetArbitrary, async (a, b) => {
      await run(['nft', 'flush', 'ruleset'])
      await apply(a, { run })
      expect(diff(await live(), a)).toBe('')
      await applyDiff(a, b, { run })
      expect(diff(await live(), b)).toBe('')
      expect(diff(b, b)).toBe('')
    }),
    { numRuns: 60 },
  )
})

test('nft refusing is an error with its words', async () => {
  const bad: Ruleset = { tables: [{ family: 'ip', name: 'x', chains: [{ name: 'c', rules: [{ mark: -1 }] }] }] }
  expect(() => diff({ tables: [] }, bad)).toThrow(NetfilterError)
  await expect(run(['nft', 'list', 'table', 'ip', 'absent'])).rejects.toThrow(/No such file/)
})
