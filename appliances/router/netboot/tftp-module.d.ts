/** The part of the `tftp` package (0.1.2) that is used; what begins with an underscore is its own. */
declare module 'tftp' {
  import type { Socket } from 'node:dgram'
  import type { EventEmitter } from 'node:events'
  import type { Writable } from 'node:stream'

  export interface TftpRequest extends EventEmitter {
    readonly method: 'GET' | 'PUT'
    readonly file: string
    readonly stats: { readonly remoteAddress: string; readonly remotePort: number }
    abort(message: string): void
  }
  export interface TftpResponse extends Writable {
    readonly _writer: { readonly _socket: Socket }
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
    readonly retries: number
  }
  export function createServer(
    options: TftpOptions,
    listener: (request: TftpRequest, response: TftpResponse) => void,
  ): TftpServer
}
