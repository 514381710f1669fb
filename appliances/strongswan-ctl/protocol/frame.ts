import { ViciError } from '../errors.ts'

/** What charon takes and sends at most after the length, in bytes (VICI_MESSAGE_SIZE_MAX). */
export const MAX_FRAME = 512 * 1024

const HEADER = 4

/** A packet with its length before it. Pure; throws VICI_VALUE beyond the limit, which charon would silently ignore. */
export const encodeFrame = (packet: Uint8Array): Buffer => {
  if (packet.length > MAX_FRAME)
    throw new ViciError('VICI_VALUE', `a packet has ${packet.length} bytes, ${MAX_FRAME} at most are taken`)
  const target = Buffer.alloc(HEADER + packet.length)
  target.writeUInt32BE(packet.length)
  target.set(packet, HEADER)
  return target
}

export interface FrameReader {
  /**
   * Takes what arrived, gives the packets that are whole by now, to be taken all; throws VICI_PROTOCOL after them, and
   * before it keeps more than a packet may have.
   */
  push(chunk: Uint8Array): Generator<Buffer, void, undefined>
  /** Bytes of a packet that is not whole yet. */
  readonly waiting: number
}

/** Cuts a stream of bytes, however it arrives in pieces, into packets. */
export const createFrameReader = (): FrameReader => {
  let chunks: Uint8Array[] = []
  let waiting = 0

  /** The first so many bytes, of which there are enough; copies only where they lie in several pieces. */
  const take = (count: number): Buffer => {
    const [first] = chunks
    const whole = chunks.length === 1 && first ? first : Buffer.concat(chunks)
    chunks = whole.length > count ? [whole.subarray(count)] : []
    waiting -= count
    return Buffer.from(whole.buffer, whole.byteOffset, count)
  }
  let length: number | undefined

  return {
    get waiting() {
      return waiting + (length === undefined ? 0 : HEADER)
    },
    *push(chunk) {
      if (chunk.length === 0) return
      chunks.push(chunk)
      waiting += chunk.length
      while (true) {
        if (length === undefined) {
          if (waiting < HEADER) return
          length = take(HEADER).readUInt32BE()
          if (length > MAX_FRAME)
            throw new ViciError('VICI_PROTOCOL', `a packet of ${length} bytes is announced, ${MAX_FRAME} are the limit`)
        }
        if (waiting < length) return
        const packet = take(length)
        length = undefined
        yield packet
      }
    },
  }
}
