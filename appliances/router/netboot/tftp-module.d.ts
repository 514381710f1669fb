/** The part of the `tftp` package (0.1.2) that is used; what begins with an underscore is its own. */
declare module 'tftp' {
  import type { Socket } from 'node:dgram'
  import type { EventEmitter } from 'node:events'
  import type { Writable } from 'node:stream'

  /** What was sent and is not acknowledged yet; there once the transfer's options are settled. */
  export interface TftpWindow {
    readonly _blocks: { readonly block: number; readonly data: Buffer }[]
    readonly _eof: boolean
    _end: number
    /** How many blocks may still be sent before the next acknowledgement. */
    _pending: number
    /** Goes on with the next blocks, or ends the transfer; null while nothing waits. */
    _cb: (() => void) | null | undefined
    readonly _sendFn: (block: { readonly block: number; readonly data: Buffer }) => void
    readonly _restransmitterSendFn: () => void
    readonly _writerTimer: { reset(): void; start(again: () => void): void }
  }

  export interface TftpRequest extends EventEmitter {
    readonly method: 'GET' | 'PUT'
    readonly file: string
    readonly stats: { readonly remoteAddress: string; readonly remotePort: number; readonly blockSize: number }
    abort(message: string): void
  }
  export interface TftpResponse extends Writable {
    readonly _writer: { readonly _socket: Socket; readonly _oackSent: boolean; readonly _window: TftpWindow | null }
    /** Must be called before data is written. */
    setSize(bytes: number): void
  }
  export interface TftpServer extends EventEmitter {
    readonly _socket: Socket
    listen(): void
    close(): void
  }
  export interface TftpOptions {
    readonly host: string
    readonly port: number
    readonly denyPUT: boolean
    readonly windowSize: number
    readonly blockSize: number
    /** Milliseconds without an acknowledgement after which the window is sent again. */
    readonly timeout: number
    readonly retries: number
  }
  export function createServer(
    options: TftpOptions,
    listener: (request: TftpRequest, response: TftpResponse) => void,
  ): TftpServer
}
