import type { RemoteInfo, Socket } from 'node:dgram'
import { createServer, type TftpRequest, type TftpResponse, type TftpServer } from 'tftp'
import { leavesToLibrary } from './acknowledge.ts'
import type { Answer } from './http.ts'

/** Each holds a socket; a guest loads one file at a time. */
const TRANSFERS = 128
const TRANSFERS_PER_GUEST = 4
/** Opcode and block number: no packet of a transfer is shorter (RFC 1350). */
const SHORTEST_PACKET = 4
const ACK = 4
/** With its headers (32 bytes) a block fits the 1450 bytes of a network over VXLAN: a card's firmware reads no fragments. */
const BLOCK_SIZE = 1418
/** Block numbers have 16 bits, and the library's do not start again at 0 as those of all clients. */
const BLOCKS = 65_000
/** As long as a client may take in all: 12 s. */
const TIMER = { timeout: 1000, retries: 11 } as const

/**
 * The library believes every datagram that reaches its sockets, and throws where one cannot be read or answered. What
 * `takes` refuses is dropped before it; whatever else it trips over costs the transfer, not the process.
 */
const guard = (socket: Socket, takes: (message: Buffer, from: RemoteInfo) => boolean, failed: () => void): void => {
  const listeners = socket.listeners('message') as ((message: Buffer, from: RemoteInfo) => void)[]
  socket.removeAllListeners('message')
  socket.on('message', (message, from) => {
    if (!takes(message, from)) return
    try {
      for (const listener of listeners) listener.call(socket, message, from)
    } catch {
      failed()
    }
  })
}

/** What is under way. A client that leaves without a word must not keep its guest from the next file. */
const createDesk = () => {
  const held = new Map<string, TftpRequest[]>()
  let all = 0
  const leave = (client: string, request: TftpRequest): void => {
    const left = (held.get(client) ?? []).filter((one) => one !== request)
    all -= 1
    if (left.length === 0) held.delete(client)
    else held.set(client, left)
  }
  return {
    /** Whether there is room; a guest that has too many loses its oldest one. */
    take: (client: string, request: TftpRequest): boolean => {
      const own = held.get(client) ?? []
      if (all >= TRANSFERS) return false
      all += 1
      held.set(client, [...own, request])
      request.once('close', () => leave(client, request))
      if (own.length >= TRANSFERS_PER_GUEST) own[0]?.abort('Aborted')
      return true
    },
  }
}

/** Read requests (RFC 1350, 2347, 2348, 7440) answered from memory, never from a folder. */
export const createTftp = (address: string, port: number, answer: Answer): TftpServer => {
  const desk = createDesk()
  const serve = (request: TftpRequest, response: TftpResponse): void => {
    // Without listeners an aborted transfer would end the process.
    request.on('error', () => undefined)
    response.on('error', () => undefined)
    const { remoteAddress: client, remotePort } = request.stats
    const fromClient = (message: Buffer, from: RemoteInfo): boolean => {
      if (from.address !== client || from.port !== remotePort || message.length < SHORTEST_PACKET) return false
      const { _window: window, _oackSent: negotiating } = response._writer
      if (message.readUInt16BE(0) !== ACK || window === null || negotiating) return true
      return leavesToLibrary(window, message.readUInt16BE(2))
    }
    guard(response._writer._socket, fromClient, () => request.abort('Bad message'))
    const bytes = answer(client, request.file)
    if (bytes === undefined) {
      request.abort('File not found')
      return
    }
    if (bytes.length / request.stats.blockSize > BLOCKS || !desk.take(client, request)) {
      request.abort('The request has been denied')
      return
    }
    response.setSize(bytes.length)
    response.end(bytes)
  }
  const options = { host: address, port, denyPUT: true, windowSize: 16, blockSize: BLOCK_SIZE, ...TIMER }
  const server = createServer(options, serve)
  // Port 0 cannot be answered.
  guard(
    server._socket,
    (_message, from) => from.port !== 0,
    () => undefined,
  )
  return server
}
