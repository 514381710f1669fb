import type { RawEvent, Subscription } from 'strongswan-ctl'
import { expect, test } from 'vitest'
import { openPeer, type Peer, settled } from './peer.ts'

const subscribe = async (peer: Peer, names: readonly string[], options = {}): Promise<Subscription<RawEvent>> => {
  const subscribing = peer.connection.events(names, options)
  for (const name of names) {
    expect(await peer.received()).toBe(`event-register ${name}`)
    peer.confirm()
  }
  return subscribing
}

const nextOf = async (events: Subscription<RawEvent>): Promise<unknown> => {
  const { value } = await events.next()
  return value && [value.event, value.message.n]
}

test('events come in order, from before the loop began', async () => {
  await using peer = await openPeer()
  const events = await subscribe(peer, ['ike-updown', 'child-updown'])
  peer.event('ike-updown', { n: 1 })
  peer.event('child-updown', { n: 2 })
  peer.event('ike-updown', { n: 3 })
  await settled(peer)
  expect([await nextOf(events), await nextOf(events), await nextOf(events)]).toEqual([
    ['ike-updown', '1'],
    ['child-updown', '2'],
    ['ike-updown', '3'],
  ])
  const waiting = events.next()
  peer.event('log', { n: 'unasked' })
  peer.event('ike-updown', { n: 4 })
  expect((await waiting).value).toMatchObject({ message: { n: '4' } })
})

test('an event comes during a request too', async () => {
  await using peer = await openPeer()
  const events = await subscribe(peer, ['log'])
  const asked = peer.connection.request('initiate')
  await peer.received()
  peer.event('log', { n: 1 })
  expect(await nextOf(events)).toEqual(['log', '1'])
  peer.answer()
  await asked
})

test('an event that two want is registered once, and unregistered when both have left', async () => {
  await using peer = await openPeer()
  const one = await subscribe(peer, ['log'])
  const two = await peer.connection.events(['log'])
  peer.event('log', { n: 1 })
  expect([await nextOf(one), await nextOf(two)]).toEqual([
    ['log', '1'],
    ['log', '1'],
  ])
  one.close()
  await settled(peer)
  peer.event('log', { n: 2 })
  expect(await nextOf(two)).toEqual(['log', '2'])
  expect(await one.next()).toEqual({ value: undefined, done: true })
  await two.return?.()
  expect(await peer.received()).toBe('event-unregister log')
})

test('an event that is wanted again at once is registered again', async () => {
  await using peer = await openPeer()
  const one = await subscribe(peer, ['log'])
  one.close()
  const again = peer.connection.events(['log'])
  expect(await peer.received()).toBe('event-unregister log')
  peer.confirm()
  expect(await peer.received()).toBe('event-register log')
  peer.confirm()
  const events = await again
  peer.event('log', { n: 1 })
  expect(await nextOf(events)).toEqual(['log', '1'])
})

test('more events than fit are told of, after those that did', async () => {
  await using peer = await openPeer()
  const events = await subscribe(peer, ['log'], { buffer: 2 })
  for (const n of [1, 2, 3, 4]) peer.event('log', { n })
  expect(await peer.received()).toBe('event-unregister log')
  expect([await nextOf(events), await nextOf(events)]).toEqual([
    ['log', '1'],
    ['log', '2'],
  ])
  await expect(events.next()).rejects.toMatchObject({
    code: 'VICI_OVERFLOW',
    message: 'more than 2 events log waited to be taken',
  })
  expect(await events.next()).toEqual({ value: undefined, done: true })
})

test('an event that charon does not know leaves nothing registered', async () => {
  await using peer = await openPeer()
  const subscribing = peer.connection.events(['log', 'party'])
  await peer.received()
  peer.confirm()
  expect(await peer.received()).toBe('event-register party')
  peer.send({ type: 'event-unknown' })
  await expect(subscribing).rejects.toMatchObject({ code: 'VICI_UNKNOWN', command: 'party' })
  expect(await peer.received()).toBe('event-unregister log')
  peer.confirm()
  await settled(peer)
})

test('a malformed event fails those who wanted it, no one else', async () => {
  await using peer = await openPeer()
  const logs = await subscribe(peer, ['log'])
  const ups = await subscribe(peer, ['ike-updown'])
  peer.send({ type: 'event', name: 'log', message: Buffer.of(2) })
  peer.event('ike-updown', { n: 1 })
  expect(await nextOf(ups)).toEqual(['ike-updown', '1'])
  await expect(logs.next()).rejects.toMatchObject({ code: 'VICI_MESSAGE' })
  expect(await peer.received()).toBe('event-unregister log')
})

test('a signal ends the loop', async () => {
  await using peer = await openPeer()
  const abort = new AbortController()
  const events = await subscribe(peer, ['log'], { signal: abort.signal })
  const waiting = events.next()
  abort.abort(new Error('enough'))
  await expect(waiting).rejects.toMatchObject({ code: 'VICI_ABORTED', cause: new Error('enough') })
  expect(await peer.received()).toBe('event-unregister log')
  await expect(peer.connection.events(['log'], { signal: abort.signal })).rejects.toMatchObject({
    code: 'VICI_ABORTED',
  })
})

test('an owner who closes the connection ends the loop without an error', async () => {
  await using peer = await openPeer()
  const events = await subscribe(peer, ['log'])
  const waiting = events.next()
  peer.connection.close()
  expect(await waiting).toEqual({ value: undefined, done: true })
})

test('a connection that breaks gives what came, then fails', async () => {
  await using peer = await openPeer()
  const events = await subscribe(peer, ['log'])
  peer.event('log', { n: 1 })
  peer.socket.end()
  await peer.connection.closed
  expect(await nextOf(events)).toEqual(['log', '1'])
  await expect(events.next()).rejects.toMatchObject({ code: 'VICI_LOST' })
})
