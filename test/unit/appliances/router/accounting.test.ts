import { elementLines } from '@sysvm/router/accounting/apply'
import { accounting } from '@sysvm/router/accounting/index'
import { readListing } from '@sysvm/router/accounting/live'
import { stateOf } from '@sysvm/router/accounting/state'
import { tableText } from '@sysvm/router/accounting/table'
import { addUp, noTotals, type Totals } from '@sysvm/router/accounting/totals'
import { expect, test } from 'vitest'
import { baseSpec, golden, wholeOf } from './whole.ts'

const spec = { addresses: ['198.51.100.5'], guests: ['10.1.1.10', '2001:db8::10'] }
const live = (handle: number, packets: number, bytes: number, address = '10.1.1.10') => [
  { name: 'guest_sent4', handle, counts: new Map([[address, { packets, bytes }]]) },
]
const sent = (totals: Totals, address = '10.1.1.10') => totals.sets.guest_sent4?.total[address]

test('the table is rendered to the letter', () => {
  expect(tableText(spec, wholeOf(baseSpec))).toBe(golden('accounting.nft'))
})

test('sums go on over commits, new sets and reboots, and never shrink', () => {
  let totals = addUp(noTotals, 'boot-1', live(5, 10, 1000))
  expect(sent(totals)).toEqual([10, 1000])
  totals = addUp(totals, 'boot-1', live(5, 12, 1200))
  expect(sent(totals)).toEqual([12, 1200])
  // The same set again, counted as far: nothing new.
  totals = addUp(totals, 'boot-1', live(5, 12, 1200))
  expect(sent(totals)).toEqual([12, 1200])
  // An element that was removed and added again.
  totals = addUp(totals, 'boot-1', live(5, 1, 84))
  expect(sent(totals)).toEqual([13, 1284])
  // Another set, which has counted more than the one before.
  totals = addUp(totals, 'boot-1', live(6, 100, 5000))
  expect(sent(totals)).toEqual([113, 6284])
  totals = addUp(totals, 'boot-2', live(6, 101, 5084))
  expect(sent(totals)).toEqual([214, 11_368])
})

test('what is no longer counted keeps its sum', () => {
  const first = addUp(noTotals, 'b', live(1, 1, 84))
  const second = addUp(first, 'b', live(1, 2, 168, '10.1.1.11'))
  expect(sent(second)).toEqual([1, 84])
  expect(stateOf({ addresses: [], guests: ['10.1.1.11'] }, second).guests).toEqual([
    { address: '10.1.1.11', receivedBytes: 0, receivedPackets: 0, sentBytes: 168, sentPackets: 2 },
    { address: '10.1.1.10', receivedBytes: 0, receivedPackets: 0, sentBytes: 84, sentPackets: 1 },
  ])
})

test('elements that stay are not touched', () => {
  expect(elementLines(spec, live(1, 1, 84))).toEqual([
    'add element inet sysvm_accounting address_received4 { 198.51.100.5 }',
    'add element inet sysvm_accounting address_sent4 { 198.51.100.5 }',
    'add element inet sysvm_accounting guest_received4 { 10.1.1.10 }',
    'add element inet sysvm_accounting guest_received6 { 2001:db8::10 }',
    'add element inet sysvm_accounting guest_sent6 { 2001:db8::10 }',
  ])
  const gone = live(1, 1, 84, '10.1.1.99')
  expect(elementLines({ addresses: [], guests: [] }, gone)).toEqual([
    'delete element inet sysvm_accounting guest_sent4 { 10.1.1.99 }',
  ])
})

test('what nft lists is read, counted or not yet', () => {
  const counter = { packets: 3, bytes: 252 }
  const set = { name: 'guest_sent4', handle: 7, elem: [{ elem: { val: '10.1.1.10', counter } }, '10.1.1.11'] }
  expect(readListing(JSON.stringify({ nftables: [{ metainfo: {} }, { set }] }))).toEqual([
    {
      name: 'guest_sent4',
      handle: 7,
      counts: new Map([
        ['10.1.1.10', counter],
        ['10.1.1.11', { packets: 0, bytes: 0 }],
      ]),
    },
  ])
})

test('refuses an address twice', () => {
  expect(() => accounting.validate?.({ addresses: [], guests: ['10.1.1.9', '10.1.1.9'] }, wholeOf(baseSpec))).toThrow(
    'The traffic of 10.1.1.9 is counted twice',
  )
})
