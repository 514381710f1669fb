import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Connection,
  createFrameReader,
  decodePacket,
  encodeFrame,
  encodeMessage,
  encodePacket,
  type MessageInput,
  openConnection,
  type Packet,
} from 'strongswan-ctl'

/** The other end of a connection, which does only what the test says. */
export interface Peer extends AsyncDisposable {
  readonly path: string
  readonly socket: Socket
  readonly connection: Connection
  /** The next packet that the client sends, in the short form of `shortOf`. */
  received(): Promise<string>
  /** Packets that came and were not asked for. */
  readonly unread: readonly string[]
  send(...packets: readonly Packet[]): void
  event(name: string, message: MessageInput): void
  answer(message?: MessageInput): void
  confirm(): void
}

const shortOf = (packet: Packet): string => ('name' in packet ? `${packet.type} ${packet.name}` : packet.type)

export const bytesOf = (packet: Packet): Buffer => encodeFrame(encodePacket(packet))

/** A server on a UNIX socket of its own and a client that is connected to it. */
export const openPeer = async (timeoutMs = 20_000): Promise<Peer> => {
  const folder = await mkdtemp(join(tmpdir(), 'vici-'))
  const path = join(folder, 'charon.vici')
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(path, resolve))
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve))
  const connection = await openConnection({ path, timeoutMs })
  const socket = await accepted
  const reader = createFrameReader()
  const unread: string[] = []
  const waiters: ((packet: string) => void)[] = []
  socket.on('data', (chunk: Buffer) => {
    for (const bytes of reader.push(chunk)) {
      const short = shortOf(decodePacket(bytes))
      const waiter = waiters.shift()
      if (waiter) waiter(short)
      else unread.push(short)
    }
  })
  socket.on('error', () => {})
  const send = (...packets: readonly Packet[]): void => void socket.write(Buffer.concat(packets.map(bytesOf)))
  return {
    path,
    socket,
    connection,
    unread,
    send,
    received: () => {
      const first = unread.shift()
      return first === undefined ? new Promise((resolve) => waiters.push(resolve)) : Promise.resolve(first)
    },
    event: (name, message) => send({ type: 'event', name, message: encodeMessage(message) }),
    answer: (message = {}) => send({ type: 'cmd-response', message: encodeMessage(message) }),
    confirm: () => send({ type: 'event-confirm' }),
    [Symbol.asyncDispose]: async () => {
      connection.close()
      socket.destroy()
      await new Promise((resolve) => server.close(resolve))
      await rm(folder, { recursive: true })
    },
  }
}

/** Lets everything arrive that is under way: a question of our own and its answer come behind it. */
export const settled = async (peer: Peer): Promise<void> => {
  const asked = peer.connection.request('settled')
  while ((await peer.received()) !== 'cmd-request settled');
  peer.answer()
  await asked
}
