import { createServer, type Server } from 'node:http'
import { admission } from '../admission.ts'

export type Answer = (client: string, name: string) => Buffer | undefined

const CONNECTIONS = 256
/** Firmware and iPXE load one file at a time. */
const CONNECTIONS_PER_GUEST = 16

/** Boot scripts and loaders over HTTP; each guest its own. */
export const createHttp = (answer: Answer): Server => {
  const server = createServer({ connectionsCheckingInterval: 1000 }, (request, response) => {
    const get = request.method === 'GET' || request.method === 'HEAD'
    const body = get ? answer(request.socket.remoteAddress ?? '', request.url ?? '') : undefined
    const status = get ? (body === undefined ? 404 : 200) : 405
    response.writeHead(status, {
      'content-type': 'application/octet-stream',
      'content-length': body?.length ?? 0,
      'cache-control': 'no-store',
    })
    response.end(request.method === 'HEAD' ? undefined : body)
  })
  server.on('connection', admission(CONNECTIONS_PER_GUEST))
  server.headersTimeout = 5000
  server.requestTimeout = 10_000
  server.keepAliveTimeout = 1000
  server.timeout = 30_000
  server.maxConnections = CONNECTIONS
  return server
}
