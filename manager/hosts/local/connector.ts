import type { SendHandle } from 'node:child_process'
import { createSocket, type SocketType } from 'node:dgram'
import { connect, createServer } from 'node:net'

/** What is asked of the process inside the namespace; the answer carries the open socket itself. */
export type ConnectorRequest = {
  readonly id: number
  readonly host: string
  readonly port: number
} & ({ readonly op: 'connect'; readonly timeoutMs: number } | { readonly op: 'listen' } | { readonly op: 'udp' })

export interface ConnectorAnswer {
  readonly id: number
  readonly error?: { readonly code: string; readonly message: string }
}

/** @types/node does not know that a datagram socket can be handed over too. */
type Handle = SendHandle | undefined

function answer(request: ConnectorRequest, handle: unknown, sent?: () => void): void {
  process.send?.({ id: request.id } satisfies ConnectorAnswer, handle as Handle, {}, () => sent?.())
}

function refuse(request: ConnectorRequest, error: Error & { code?: string }): void {
  const said = { code: error.code ?? 'EUNKNOWN', message: error.message }
  process.send?.({ id: request.id, error: said } satisfies ConnectorAnswer)
}

function openStream(request: ConnectorRequest & { op: 'connect' }): void {
  const socket = connect({ host: request.host, port: request.port, noDelay: true })
  // Nothing may be read here: the first bytes belong to whoever gets the socket.
  socket.pause()
  const late = () => socket.destroy(Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' }))
  const timer = setTimeout(late, request.timeoutMs)
  const fail = (error: Error) => {
    clearTimeout(timer)
    refuse(request, error)
  }
  socket.once('error', fail)
  socket.once('connect', () => {
    clearTimeout(timer)
    socket.off('error', fail)
    answer(request, socket)
  })
}

function openServer(request: ConnectorRequest): void {
  const server = createServer()
  server.once('error', (error) => refuse(request, error))
  // Closed here once it is handed over, or this process would take some of its connections.
  server.listen(request.port, request.host, () => answer(request, server, () => server.close()))
}

function openDatagram(request: ConnectorRequest): void {
  const type: SocketType = request.host.includes(':') ? 'udp6' : 'udp4'
  const socket = createSocket(type)
  socket.once('error', (error) => refuse(request, error))
  socket.bind(request.port, request.host, () => answer(request, socket, () => socket.close()))
}

process.on('message', (request: ConnectorRequest) => {
  if (request.op === 'connect') openStream(request)
  else if (request.op === 'listen') openServer(request)
  else openDatagram(request)
})
process.on('disconnect', () => process.exit(0))
