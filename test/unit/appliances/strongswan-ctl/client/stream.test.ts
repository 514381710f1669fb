import type { Connection } from 'strongswan-ctl'
import { describe, expect, test } from 'vitest'
import { openPeer, type Peer, settled } from './peer.ts'

const listing = (connection: Connection, timeoutMs?: number) =>
  connection.stream('list-sas', 'list-sa', {}, timeoutMs === undefined ? {} : { timeoutMs })

/** Confirms the event and takes the command. */
const begin = async (peer: Peer): Promise<void> => {
  expect(await peer.received()).toBe('event-register list-sa')
  peer.confirm()
  expect(await peer.received()).toBe('cmd-request list-sas')
}

const finish = async (peer: Peer): Promise<void> => {
  expect(await peer.received()).toBe('event-unregister list-sa')
  peer.confirm()
  await settled(peer)
}

describe('a streamed answer', () => {
  test('is registered, sent, given out part by part, and unregistered', async () => {
    await using peer = await openPeer()
    const parts = listing(peer.connection)
    const first = parts.next()
    await begin(peer)
    peer.event('list-sa', { n: 1 })
    expect((await first).value).toMatchObject({ n: '1' })
    peer.event('list-sa', { n: 2 })
    peer.event('log', { n: 'not of this' })
    peer.answer({ success: 'yes' })
    expect((await parts.next()).value).toMatchObject({ n: '2' })
    const last = await parts.next()
    expect([last.done, { ...last.value }]).toEqual([true, { success: 'yes' }])
    await finish(peer)
  })

  test('asks nothing before it is wanted', async () => {
    await using peer = await openPeer()
    listing(peer.connection)
    await settled(peer)
    expect(peer.unread).toEqual([])
  })

  test('that is left early is read to its end, and others get their own answers', async () => {
    await using peer = await openPeer()
    const left = (async () => {
      for await (const _ of listing(peer.connection)) break
    })()
    await begin(peer)
    peer.event('list-sa', { n: 1 })
    await left
    const other = peer.connection.request('stats')
    peer.event('list-sa', { n: 2 })
    peer.answer({ of: 'list' })
    expect(await peer.received()).toBe('event-unregister list-sa')
    peer.confirm()
    expect(await peer.received()).toBe('cmd-request stats')
    peer.answer({ of: 'stats' })
    expect((await other).of).toBe('stats')
  })

  test('of which a part is malformed fails, and its connection goes on', async () => {
    await using peer = await openPeer()
    const first = listing(peer.connection).next()
    await begin(peer)
    peer.send({ type: 'event', name: 'list-sa', message: Buffer.of(9) })
    await expect(first).rejects.toMatchObject({ code: 'VICI_MESSAGE' })
    peer.answer()
    await finish(peer)
  })

  test('of an unknown command or event fails', async () => {
    await using peer = await openPeer()
    const one = listing(peer.connection).next()
    await peer.received()
    peer.send({ type: 'event-unknown' })
    await expect(one).rejects.toMatchObject({ code: 'VICI_UNKNOWN', message: 'charon knows no event list-sa' })
    const two = listing(peer.connection).next()
    await begin(peer)
    peer.send({ type: 'cmd-unknown' })
    await expect(two).rejects.toMatchObject({ code: 'VICI_UNKNOWN', message: 'charon knows no command list-sas' })
    await finish(peer)
  })

  test('that stops coming fails after its time, and what comes later is thrown away', async () => {
    await using peer = await openPeer()
    // Registered already, so that the time is all for the parts.
    const subscribing = peer.connection.events(['list-sa'])
    await peer.received()
    peer.confirm()
    const events = await subscribing
    await expect(listing(peer.connection, 1).next()).rejects.toMatchObject({
      code: 'VICI_TIMEOUT',
      command: 'list-sas',
    })
    expect(await peer.received()).toBe('cmd-request list-sas')
    peer.event('list-sa', { n: 1 })
    peer.answer()
    await settled(peer)
    events.close()
    await finish(peer)
  })

  test('whose connection breaks gives what came, then fails', async () => {
    await using peer = await openPeer()
    const parts = listing(peer.connection)
    const first = parts.next()
    await begin(peer)
    peer.event('list-sa', { n: 1 })
    peer.event('list-sa', { n: 2 })
    await first
    peer.socket.destroy()
    await peer.connection.closed
    expect((await parts.next()).value).toMatchObject({ n: '2' })
    await expect(parts.next()).rejects.toMatchObject({ code: 'VICI_LOST' })
  })

  test('and another at the same time come one after the other, each with its own parts', async () => {
    await using peer = await openPeer()
    const take = async (parts: ReturnType<typeof listing>) => {
      const all: unknown[] = []
      for await (const { n } of parts) all.push(n)
      return all
    }
    const both = Promise.all([take(listing(peer.connection)), take(listing(peer.connection))])
    await begin(peer)
    peer.event('list-sa', { n: 1 })
    peer.answer()
    expect(await peer.received()).toBe('cmd-request list-sas')
    peer.event('list-sa', { n: 2 })
    peer.answer()
    expect(await both).toEqual([['1'], ['2']])
    await finish(peer)
  })
})

describe('back-pressure', () => {
  const PARTS = 4000
  const text = 'x'.repeat(2000)
  const flood = (peer: Peer): void => {
    for (let n = 0; n < PARTS; n++) peer.event('list-sa', { n, text })
    peer.answer()
  }
  /** What the peer could not get rid of, once that stays the same. */
  const stuck = async (peer: Peer): Promise<number> => {
    let before = -1
    for (let same = 0; same < 10; same++) {
      await new Promise((resolve) => setTimeout(resolve, 10))
      if (peer.socket.writableLength !== before) same = 0
      before = peer.socket.writableLength
    }
    return before
  }

  test('holds charon up while a loop lags behind, and nothing is lost', async () => {
    await using peer = await openPeer()
    const parts = listing(peer.connection)
    const first = parts.next()
    await begin(peer)
    flood(peer)
    await first
    // The client and the kernel have taken a few hundred KiB, of eight MiB.
    expect(await stuck(peer)).toBeGreaterThan((PARTS * text.length) / 2)
    let count = 1
    for await (const _ of parts) count++
    expect(count).toBe(PARTS)
    await finish(peer)
  })

  test('does not hold up a loop that asks something else on the same connection', async () => {
    await using peer = await openPeer()
    const parts = listing(peer.connection)
    const first = parts.next()
    await begin(peer)
    flood(peer)
    await first
    await stuck(peer)
    const asked = peer.connection.request('stats')
    expect(await peer.received()).toBe('cmd-request stats')
    peer.answer({ of: 'stats' })
    expect((await asked).of).toBe('stats')
    let count = 1
    for await (const _ of parts) count++
    expect(count).toBe(PARTS)
    await finish(peer)
  })

  test('does not hold up a loop that waits for an event on the same connection', async () => {
    await using peer = await openPeer()
    const subscribing = peer.connection.events(['log'])
    await peer.received()
    peer.confirm()
    const events = await subscribing
    const parts = listing(peer.connection)
    const first = parts.next()
    await begin(peer)
    flood(peer)
    peer.event('log', { n: 'behind' })
    await first
    await stuck(peer)
    expect((await events.next()).value).toMatchObject({ message: { n: 'behind' } })
    let count = 1
    for await (const _ of parts) count++
    expect(count).toBe(PARTS)
  })

  test('ends with a loop that is left', async () => {
    await using peer = await openPeer()
    const parts = listing(peer.connection)
    const first = parts.next()
    await begin(peer)
    flood(peer)
    await first
    await stuck(peer)
    await parts.return({})
    await finish(peer)
    expect(peer.socket.writableLength).toBe(0)
  })
})
