import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type Koa from 'koa'
import { createApp } from './app.ts'
import { defaultBounds } from './bounds.ts'
import { answerClientError } from './client-error.ts'
import { shareConnections } from './connections.ts'
import type { ApiOptions } from './options.ts'

export { credentials } from './credentials.ts'
export type { ControlClient, Dependencies, InspectedHost } from './dependencies.ts'
export type { ApiLog, ApiOptions } from './options.ts'

export interface Api {
  /** For a server of one's own. */
  readonly handler: ReturnType<Koa['callback']>
  /** Resolves when it answers; port 0 takes a free one. */
  listen(at: {
    readonly port: number
    readonly host?: string
  }): Promise<{ readonly host: string; readonly port: number }>
  /** Stops listening and waits a moment for requests under way. */
  close(): Promise<void>
}

/** Longest wait for requests under way when the API closes. */
const CLOSE_MS = 1500
/** A GET carries its parameters in the request line; `deployVirtualMachine` with user data is the longest. */
const LONGEST_HEADERS = 64 * 1024

/** The query API as a server that is not listening yet. It owns neither the database nor the dependencies. */
export const createApi = (options: ApiOptions): Api => {
  const handler = createApp(options).callback()
  const bounds = options.bounds ?? defaultBounds
  const { connections, headersMs, requestMs, silenceMs } = bounds
  const server: Server = createServer(
    {
      requestTimeout: requestMs,
      headersTimeout: headersMs,
      // Both are looked at only so often: every 30 s unless it is said.
      connectionsCheckingInterval: Math.min(1000, headersMs),
      maxHeaderSize: LONGEST_HEADERS,
    },
    handler,
  ).on('clientError', answerClientError)
  server.maxConnections = connections
  if (options.authenticate !== undefined) shareConnections(server, bounds, options.proxies)
  server.timeout = silenceMs
  return {
    handler,
    listen: ({ port, host = '127.0.0.1' }) =>
      new Promise((resolve, reject) => {
        server.once('error', reject)
        server.listen(port, host, () => {
          server.off('error', reject)
          resolve({ host, port: (server.address() as AddressInfo).port })
        })
      }),
    close: () =>
      new Promise((resolve, reject) => {
        const late = setTimeout(() => server.closeAllConnections(), CLOSE_MS)
        server.close((error) => {
          clearTimeout(late)
          if (error) reject(error)
          else resolve()
        })
        server.closeIdleConnections()
      }),
  }
}
