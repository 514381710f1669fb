import { deepStrictEqual as equal } from 'node:assert/strict'
import fc from 'fast-check'
import {
  createFrameReader,
  decodePacket,
  encodeFrame,
  encodePacket,
  MAX_FRAME,
  type Packet,
  ViciError,
} from 'strongswan-ctl'
import { describe, expect, test } from 'vitest'

const bytes = (...values: readonly (number | string)[]): Buffer =>
  Buffer.concat(values.map((value) => (typeof value === 'number' ? Buffer.from([value]) : Buffer.from(value))))

const packets: readonly [Packet, Buffer][] = [
  [{ type: 'cmd-request', name: 'version', message: bytes() }, bytes(0, 7, 'version')],
  [{ type: 'cmd-request', name: 'x', message: bytes(2, 3) }, bytes(0, 1, 'x', 2, 3)],
  [{ type: 'cmd-response', message: bytes(9) }, bytes(1, 9)],
  [{ type: 'cmd-unknown' }, bytes(2)],
  [{ type: 'event-register', name: 'log' }, bytes(3, 3, 'log')],
  [{ type: 'event-unregister', name: 'log' }, bytes(4, 3, 'log')],
  [{ type: 'event-confirm' }, bytes(5)],
  [{ type: 'event-unknown' }, bytes(6)],
  [{ type: 'event', name: 'log', message: bytes(1) }, bytes(7, 3, 'log', 1)],
]

describe('packets', () => {
  test.each(packets)('%o has its bytes', (packet, wire) => {
    expect(encodePacket(packet)).toEqual(wire)
    expect(decodePacket(wire)).toEqual(packet)
  })

  test.each<[string, Uint8Array, string]>([
    ['nothing', bytes(), 'is empty'],
    ['an unknown type', bytes(8), 'has the unknown type 8'],
    ['a name that is cut', bytes(7, 4, 'log'), 'ends within its name'],
    ['no name', bytes(0), 'ends within its name'],
    ['a confirmation of something', bytes(5, 1), 'of type event-confirm has bytes after its end'],
    ['a registration with a message', bytes(3, 1, 'x', 1), 'of type event-register has bytes after its end'],
  ])('are not %s', (_, wire, text) => {
    expect(() => decodePacket(wire)).toThrow(
      expect.objectContaining({ code: 'VICI_PROTOCOL', message: `a packet ${text}` }),
    )
  })

  test('have names of 255 bytes at most', () => {
    const request = (name: string) => encodePacket({ type: 'event-register', name })
    expect(request('x'.repeat(255))).toHaveLength(257)
    expect(() => request('x'.repeat(256))).toThrow(expect.objectContaining({ code: 'VICI_VALUE' }))
  })

  test('from any bytes are a packet or an error', () => {
    const byte = fc.oneof(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 255 }))
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 40 }), (values) => {
        try {
          const wire = Uint8Array.from(values)
          const packet = decodePacket(wire)
          if (!('name' in packet) || /^[ -~]*$/.test(packet.name)) equal([...encodePacket(packet)], [...wire])
        } catch (error) {
          if (!(error instanceof ViciError)) throw error
          equal(error.code, 'VICI_PROTOCOL')
        }
      }),
      { seed: 9, numRuns: 3000 },
    )
  })
})

describe('frames', () => {
  test('have their length before them', () => {
    expect(encodeFrame(bytes('abc'))).toEqual(bytes(0, 0, 0, 3, 'abc'))
    expect(encodeFrame(bytes())).toEqual(bytes(0, 0, 0, 0))
  })

  test('of 512 KiB are the largest that are sent', () => {
    expect(encodeFrame(new Uint8Array(MAX_FRAME))).toHaveLength(524_292)
    expect(() => encodeFrame(new Uint8Array(MAX_FRAME + 1))).toThrow(expect.objectContaining({ code: 'VICI_VALUE' }))
  })

  test('of 512 KiB are the largest that are waited for', () => {
    const reader = createFrameReader()
    expect([...reader.push(bytes(0, 8, 0, 0))]).toEqual([])
    expect(reader.waiting).toBe(4)
    expect([...reader.push(Buffer.alloc(MAX_FRAME))]).toEqual([Buffer.alloc(MAX_FRAME)])
    expect(reader.waiting).toBe(0)
    expect(() => [...reader.push(bytes(0, 8, 0, 1))]).toThrow(expect.objectContaining({ code: 'VICI_PROTOCOL' }))
  })

  test('come whole, however their bytes arrive', () => {
    const sizes = fc.array(fc.nat(50), { maxLength: 10 })
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 8 }), sizes, (sent, cuts) => {
        const wire = Buffer.concat(sent.map(encodeFrame))
        const reader = createFrameReader()
        const received: Buffer[] = []
        let at = 0
        for (const size of [...cuts, wire.length]) {
          received.push(...reader.push(wire.subarray(at, at + size)))
          at += size
        }
        equal(
          received.map((packet) => [...packet]),
          sent.map((packet) => [...packet]),
        )
        equal(reader.waiting, 0)
      }),
      { seed: 10, numRuns: 1000 },
    )
  })

  test('come whole when every byte comes alone', () => {
    const reader = createFrameReader()
    const wire = encodeFrame(bytes('a packet'))
    const received = [...wire].flatMap((byte) => [...reader.push(Uint8Array.of(byte))])
    expect(received).toEqual([bytes('a packet')])
  })

  test('before a length that is too large are given out', () => {
    const packets = createFrameReader().push(bytes(0, 0, 0, 1, 'x', 255, 255, 255, 255))
    expect(packets.next().value).toEqual(bytes('x'))
    expect(() => packets.next()).toThrow(expect.objectContaining({ code: 'VICI_PROTOCOL' }))
  })
})
