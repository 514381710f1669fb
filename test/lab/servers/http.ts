import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Namespace } from '../namespace.ts'

export interface HttpRequestLog {
  readonly method: string
  readonly url: string
  /** Who asked, as the server sees it: behind NAT, the public address. */
  readonly client: string
}

export interface LabHttpServer extends AsyncDisposable {
  readonly requests: readonly HttpRequestLog[]
  close(): Promise<void>
}

export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => void

/** An HTTP server in a namespace, answered by this process. Its default answer names the client's address. */
export async function serveHttp(
  at: Namespace,
  options: { readonly address: string; readonly port?: number; readonly handler?: HttpHandler },
): Promise<LabHttpServer> {
  const requests: HttpRequestLog[] = []
  const handler: HttpHandler =
    options.handler ?? ((request, response) => response.end(`you are ${request.socket.remoteAddress}\n`))
  const http = createServer((request, response) => {
    const { method = '', url = '' } = request
    requests.push({ method, url, client: request.socket.remoteAddress ?? '' })
    handler(request, response)
  })
  // A test holds connections while a busy machine works: only the router may end them.
  http.keepAliveTimeout = 0
  const listener = await at.listen(options.address, options.port ?? 80)
  const sockets = new Set<Socket>()
  listener.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    http.emit('connection', socket)
  })
  const close = async () => {
    // Also those whose other end can no longer say goodbye.
    for (const socket of sockets) socket.destroy()
    if (listener.listening) await new Promise((resolve) => listener.close(resolve))
  }
  return { requests, close, [Symbol.asyncDispose]: close }
}
