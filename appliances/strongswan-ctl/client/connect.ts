import { createConnection as connectSocket, type Socket } from 'node:net'
import { ViciError } from '../errors.ts'
import { type Connection, createConnection } from './connection.ts'
import { limited } from './limit.ts'

export interface ConnectOptions {
  /** charon's socket; `/run/charon.vici` by default, as `charon.plugins.vici.socket` has it. */
  readonly path?: string
  /** Milliseconds, for connecting and for every call that names none; 10,000 by default. */
  readonly timeoutMs?: number
  /** Gives up connecting; a connection that is open is ended by `close`. */
  readonly signal?: AbortSignal
}

const opened = (socket: Socket, path: string): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code ?? cause.message
      reject(new ViciError('VICI_CONNECT', `charon's socket ${path} could not be opened: ${why}`, { cause }))
    })
  })

/** A connection to charon's UNIX socket, without the typed commands. */
export const openConnection = async (options: ConnectOptions = {}): Promise<Connection> => {
  const { path = '/run/charon.vici', timeoutMs = 10_000, signal } = options
  if (signal?.aborted) throw new ViciError('VICI_ABORTED', 'connecting was given up', { cause: signal.reason })
  const socket = connectSocket({ path })
  await limited('connecting', opened(socket, path), { timeoutMs, signal }, () => socket.destroy())
  return createConnection(socket, { timeoutMs })
}
