import { differences, parseList } from 'node-iptables'
import { expect, test } from 'vitest'

const listing = (...objects: readonly object[]): string => JSON.stringify({ nftables: objects })
const table = { table: { family: 'inet', name: 't', handle: 1 } }
const chain = { chain: { family: 'inet', table: 't', name: 'c', handle: 1 } }
const rule = (...expr: readonly object[]) => ({ rule: { family: 'inet', table: 't', chain: 'c', handle: 2, expr } })

test('protocols that nft prints as numbers are the same protocols', () => {
  const match = (right: unknown) => ({ match: { op: '==', left: { meta: { key: 'l4proto' } }, right } })
  const { tables } = parseList(listing(table, chain, rule(match(17), { drop: null })))
  const expected = {
    tables: [{ family: 'inet', name: 't', chains: [{ name: 'c', rules: [{ protocol: 'udp', jump: 'DROP' }] }] }],
  } as const
  expect(differences(expected, { tables })).toEqual([])
})

test('a rule without words here is kept and its counts are not', () => {
  const odd = (packets: number) =>
    parseList(listing(table, chain, rule({ counter: { packets, bytes: 0 } }, { xt: { type: 'target' } })))
  expect(odd(1)).toEqual(odd(2))
  expect(odd(1).tables[0]?.chains?.[0]?.rules).toMatchObject([{ foreign: expect.stringContaining('"xt"') }])
})

test('families of other programs are skipped', () => {
  expect(parseList(listing({ table: { family: 'bridge', name: 'x' } })).tables).toEqual([])
})

test.each(['', 'nft: not found', '[]', '{}'])('%j is not a listing', (text) => {
  expect(() => parseList(text)).toThrow(expect.objectContaining({ code: 'NFT_UNREADABLE' }))
})
