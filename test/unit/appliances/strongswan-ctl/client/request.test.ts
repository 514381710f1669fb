import { Duplex } from 'node:stream'
import { inspect } from 'node:util'
import { createConnection, decodePacket, openConnection } from 'strongswan-ctl'
import { describe, expect, test } from 'vitest'
import { bytesOf, openPeer, settled } from './peer.ts'

describe('a request', () => {
  test('is sent, and its answer is given', async () => {
    await using peer = await openPeer()
    const asked = peer.connection.request('version')
    expect(await peer.received()).toBe('cmd-request version')
    peer.answer({ daemon: 'charon', plugins: ['aes'] })
    expect({ ...(await asked) }).toEqual({ daemon: 'charon', plugins: ['aes'] })
  })

  test('is sent when the one before is answered, not earlier', async () => {
    await using peer = await openPeer()
    const asked = ['one', 'two', 'three'].map((name) => peer.connection.request(name))
    for (const name of ['one', 'two', 'three']) {
      expect(await peer.received()).toBe(`cmd-request ${name}`)
      expect(peer.unread).toEqual([])
      peer.answer({ name })
    }
    expect((await Promise.all(asked)).map(({ name }) => name)).toEqual(['one', 'two', 'three'])
  })

  test('gets an answer that arrives byte by byte', async () => {
    await using peer = await openPeer()
    const asked = peer.connection.request('version')
    await peer.received()
    peer.socket.setNoDelay(true)
    for (const byte of bytesOf({ type: 'cmd-response', message: Buffer.from('\x03\x01a\x00\x01b', 'latin1') })) {
      await new Promise((resolve) => peer.socket.write(Buffer.of(byte), resolve))
    }
    expect({ ...(await asked) }).toEqual({ a: 'b' })
  })

  test('that charon does not know says so', async () => {
    await using peer = await openPeer()
    const asked = peer.connection.request('frobnicate')
    await peer.received()
    peer.send({ type: 'cmd-unknown' })
    await expect(asked).rejects.toMatchObject({ code: 'VICI_UNKNOWN', command: 'frobnicate' })
    await settled(peer)
  })

  test('whose answer is malformed fails alone', async () => {
    await using peer = await openPeer()
    const asked = peer.connection.request('version')
    await peer.received()
    peer.send({ type: 'cmd-response', message: Buffer.of(9) })
    await expect(asked).rejects.toMatchObject({ code: 'VICI_MESSAGE' })
    await settled(peer)
  })

  test('that cannot be sent is refused before it takes its turn', async () => {
    await using peer = await openPeer()
    await expect(peer.connection.request('load-key', { data: new Uint8Array(70_000) })).rejects.toMatchObject({
      code: 'VICI_VALUE',
    })
    const many = Array.from({ length: 10 }, () => new Uint8Array(60_000))
    await expect(peer.connection.request('load-key', { data: many })).rejects.toMatchObject({ code: 'VICI_VALUE' })
    await settled(peer)
  })
})

describe('a request that is given up', () => {
  test('after its time leaves the next one its own answer', async () => {
    await using peer = await openPeer()
    const late = peer.connection.request('late', {}, { timeoutMs: 1 })
    await expect(late).rejects.toMatchObject({ code: 'VICI_TIMEOUT', message: 'late got no answer within 1 ms' })
    const next = peer.connection.request('next')
    expect(await peer.received()).toBe('cmd-request late')
    expect(peer.unread).toEqual([])
    peer.answer({ of: 'late' })
    expect(await peer.received()).toBe('cmd-request next')
    peer.answer({ of: 'next' })
    expect((await next).of).toBe('next')
  })

  test('before its turn is never sent', async () => {
    await using peer = await openPeer()
    const first = peer.connection.request('first')
    const abort = new AbortController()
    const second = peer.connection.request('second', {}, { signal: abort.signal })
    abort.abort(new Error('enough'))
    await expect(second).rejects.toMatchObject({ code: 'VICI_ABORTED', cause: new Error('enough') })
    const third = peer.connection.request('third')
    expect(await peer.received()).toBe('cmd-request first')
    peer.answer()
    expect(await peer.received()).toBe('cmd-request third')
    peer.answer()
    await Promise.all([first, third])
  })

  test('before it was asked is not asked', async () => {
    await using peer = await openPeer()
    const asked = peer.connection.request('no', {}, { signal: AbortSignal.abort() })
    await expect(asked).rejects.toMatchObject({ code: 'VICI_ABORTED' })
    const asking = peer.connection.request('yes')
    expect(await peer.received()).toBe('cmd-request yes')
    peer.answer()
    await asking
  })
})

describe('a connection', () => {
  test('that cannot be opened says why', async () => {
    await expect(openConnection({ path: '/nowhere/charon.vici' })).rejects.toMatchObject({
      code: 'VICI_CONNECT',
      message: "charon's socket /nowhere/charon.vici could not be opened: ENOENT",
      cause: expect.objectContaining({ code: 'ENOENT' }),
    })
  })

  test('that charon ends fails whatever was asked, and all that is asked later', async () => {
    await using peer = await openPeer()
    const asked = [peer.connection.request('one'), peer.connection.request('two')]
    await peer.received()
    peer.socket.destroy()
    for (const each of asked) await expect(each).rejects.toMatchObject({ code: 'VICI_LOST' })
    expect(await peer.connection.closed).toMatchObject({ code: 'VICI_LOST', message: 'charon ended the connection' })
    await expect(peer.connection.request('three')).rejects.toMatchObject({ code: 'VICI_LOST' })
    await expect(peer.connection.events(['log'])).rejects.toMatchObject({ code: 'VICI_LOST' })
  })

  test('that ends within a packet says so', async () => {
    await using peer = await openPeer()
    const asked = peer.connection.request('one')
    await peer.received()
    peer.socket.end(Buffer.from([0, 0, 0, 9, 1]))
    await expect(asked).rejects.toMatchObject({ message: 'charon ended the connection in the middle of a packet' })
  })

  test('that is closed by its owner says that', async () => {
    await using peer = await openPeer()
    const asked = peer.connection.request('one')
    peer.connection.close()
    await expect(asked).rejects.toMatchObject({ code: 'VICI_CLOSED' })
    expect(await peer.connection.closed).toMatchObject({ code: 'VICI_CLOSED' })
    await expect(peer.connection.request('two')).rejects.toMatchObject({ code: 'VICI_CLOSED' })
  })

  test.each<[string, Buffer, string]>([
    [
      'an answer unasked',
      bytesOf({ type: 'cmd-response', message: Buffer.alloc(0) }),
      'charon sent cmd-response unasked',
    ],
    [
      'a request',
      bytesOf({ type: 'cmd-request', name: 'x', message: Buffer.alloc(0) }),
      'charon sent cmd-request unasked',
    ],
    ['an unknown packet', Buffer.from([0, 0, 0, 1, 8]), 'a packet has the unknown type 8'],
    ['an empty packet', Buffer.from([0, 0, 0, 0]), 'a packet is empty'],
    [
      'HTTP',
      Buffer.from('HTTP/1.1 400 Bad Request\r\n'),
      'a packet of 1213486160 bytes is announced, 524288 are the limit',
    ],
  ])('that brings %s is given up', async (_, bytes, message) => {
    await using peer = await openPeer()
    peer.socket.write(bytes)
    expect(await peer.connection.closed).toMatchObject({ code: 'VICI_PROTOCOL', message })
  })

  test('that brings the wrong kind of answer is given up', async () => {
    await using peer = await openPeer()
    const asked = peer.connection.request('version')
    await peer.received()
    peer.confirm()
    await expect(asked).rejects.toMatchObject({
      code: 'VICI_PROTOCOL',
      message: 'charon answered version with event-confirm',
    })
  })

  test('shows no secret, and wipes what it has sent', async () => {
    const sent: Buffer[] = []
    const taken: string[] = []
    const socket = new Duplex({
      read: () => {},
      write: (chunk: Buffer, _encoding, done) => {
        sent.push(chunk)
        taken.push(decodePacket(chunk.subarray(4)).type, chunk.toString('latin1'))
        done()
      },
    })
    const connection = createConnection(socket, { timeoutMs: 20 })
    const secrets = [
      connection.request('load-shared', { data: 'hunter2' }),
      connection.request('x', { data: 'hunter2' }),
    ]
    const errors = await Promise.all(secrets.map((each) => each.catch((error: unknown) => error)))
    const shown = inspect([connection, errors], { depth: null, showHidden: true })
    expect(taken[1]).toContain('hunter2')
    expect(shown).toContain('VICI_TIMEOUT')
    expect(shown).not.toContain('hunter2')
    expect(sent.map((frame) => frame.every((byte) => byte === 0))).toEqual([true])
    connection.close()
  })
})
