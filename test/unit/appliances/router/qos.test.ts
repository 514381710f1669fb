import { qos } from '@sysvm/router/qos/index'
import { readClasses } from '@sysvm/router/qos/live'
import { buildLines, changeOfDevice, classesOf, treeOf } from '@sysvm/router/qos/tree'
import { expect, test } from 'vitest'
import { baseSpec, golden, wholeOf } from './whole.ts'

const limits = (mbit: number, ...addresses: readonly string[]) =>
  treeOf(addresses.map((address) => ({ device: 'eth2', address, mbit }))).get('eth2') ?? new Map()

test('a network and a public address are shaped to the letter', () => {
  const tree = treeOf([
    { device: 'eth1', mbit: 200 },
    { device: 'eth2', address: '198.51.100.5', mbit: 20 },
  ])
  const lines = [...tree].flatMap(([device, classes]) => buildLines(device, classes))
  expect(lines.map((line) => `${line}\n`).join('')).toBe(golden('qos.tc'))
})

test('another rate changes classes in place and nothing else', () => {
  const lines = changeOfDevice(
    'eth2',
    limits(20, '198.51.100.5', '198.51.100.6'),
    limits(30, '198.51.100.5', '198.51.100.6'),
  )
  expect(lines.every((line) => /^(class change|qdisc replace) /.test(line))).toBe(true)
  expect(lines).toHaveLength(8)
})

test('what stays is not touched when others come and go', () => {
  const before = limits(20, '198.51.100.5', '198.51.100.6')
  const after = limits(20, '198.51.100.6', '203.0.113.9')
  const [own] = [...before].find(([, { address }]) => address === '198.51.100.6') ?? []
  expect([...after].find(([, { address }]) => address === '198.51.100.6')?.[0]).toBe(own)
  const lines = changeOfDevice('eth2', before, after)
  expect(lines.filter((line) => line.includes(`1:${own?.toString(16)} `))).toEqual([])
  expect(lines.filter((line) => line.startsWith('class'))).toHaveLength(4)
  expect(changeOfDevice('eth2', before, before)).toEqual([])
})

test('thousands of addresses have a class and a filter each of their own', () => {
  const addresses = Array.from({ length: 4000 }, (_, index) => `198.51.${Math.floor(index / 250)}.${1 + (index % 250)}`)
  const classes = classesOf([...addresses, '10.51.0.1'])
  expect(new Set(classes.values()).size).toBe(4001)
  expect([...classes.values()].every((number) => number > 1 && number < 0xffff)).toBe(true)
  const filters = buildLines('eth2', limits(1, ...addresses)).flatMap(
    (line) => / dev eth2 .* handle (2:\w+:\w+) /.exec(line)?.slice(1) ?? [],
  )
  expect(new Set(filters).size).toBe(4000)
})

test('rates are read in every unit', () => {
  const text = [
    'class htb 1:1 root leaf 8001: prio 0 rate 1500Mbit ceil 1500Mbit burst 1b cburst 1b ',
    'class htb 1:6407 root prio 0 rate 2Gbit ceil 2Gbit burst 1b cburst 1b ',
    'class htb 1:a root prio 0 rate 64Kbit ceil 64Kbit burst 1b cburst 1b ',
  ].join('\n')
  expect([...readClasses(text)]).toEqual([
    [1, 1.5e9],
    [0x6407, 2e9],
    [10, 64e3],
  ])
})

test.each([
  [{ networks: [{ device: 'eth2', mbit: 1 }], addresses: [] }, 'there is no guest interface'],
  [{ networks: [], addresses: [{ address: '198.51.100.9', mbit: 1 }] }, 'no public interface has this address'],
  [
    {
      networks: [
        { device: 'eth1', mbit: 1 },
        { device: 'eth1', mbit: 2 },
      ],
      addresses: [],
    },
    'Two limits are given for eth1',
  ],
])('refuses %j', (spec, words) => {
  expect(() => qos.validate?.(spec, wholeOf(baseSpec))).toThrow(words)
})
