import type { RemoteInfo, Socket } from 'node:dgram'
import { createServer, type TftpRequest, type TftpResponse, type TftpServer } from 'tftp'
import type { Answer } from './http.ts'

/** Each holds a socket; a guest loads one file at a time. */
const TRANSFERS = 128
const TRANSFERS_PER_GUEST = 4
/** Opcode and block number: no packet of a transfer is shorter (RFC 1350). */
const SHORTEST_PACKET = 4

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

/** Counts what is under way, in all and for each guest. */
const createDesk = () => {
  const held = new Map<string, number>()
  let all = 0
  return {
    isFree: (client: string): boolean => all < TRANSFERS && (held.get(client) ?? 0) < TRANSFERS_PER_GUEST,
    take: (client: string): void => {
      all += 1
      held.set(client, (held.get(client) ?? 0) + 1)
    },
    leave: (client: string): void => {
      all -= 1
      const left = (held.get(client) ?? 1) - 1
      if (left === 0) held.delete(client)
      else held.set(client, left)
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
    const fromClient = (message: Buffer, from: RemoteInfo): boolean =>
      from.address === client && from.port === remotePort && message.length >= SHORTEST_PACKET
    guard(response._writer._socket, fromClient, () => request.abort('Bad message'))
    const bytes = desk.isFree(client) ? answer(client, request.file) : undefined
    if (bytes === undefined) {
      request.abort('File not found')
      return
    }
    desk.take(client)
    request.once('close', () => desk.leave(client))
    response.setSize(bytes.length)
    response.end(bytes)
  }
  const server = createServer({ host: address, port, denyPUT: true, windowSize: 16, retries: 5 }, serve)
  // Port 0 cannot be answered.
  guard(
    server._socket,
    (_message, from) => from.port !== 0,
    () => undefined,
  )
  return server
}
