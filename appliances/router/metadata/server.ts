import { createServer, type Server } from 'node:http'
import { answerTo } from './answer.ts'
import type { MetadataDocument } from './document.ts'

const RETRY_MS = 200

export interface MetadataServer {
  /** Takes a new document: answers change at once, listeners come and go. */
  update(document: MetadataDocument): void
  close(): Promise<void>
}

/** One listener; an address that is not there yet is tried again until it is. */
const listen = (server: Server, address: string, port: number): void => {
  const attempt = (): void => {
    server.listen(port, address)
  }
  server.on('error', () => {
    setTimeout(attempt, RETRY_MS).unref()
  })
  attempt()
}

/** Serves each guest its own data and nobody else's. */
export const createMetadataServer = ({ port = 80 }: { readonly port?: number } = {}): MetadataServer => {
  let document: MetadataDocument = { listen: [], instances: {} }
  const servers = new Map<string, Server>()

  const open = (address: string): Server => {
    const server = createServer((request, response) => {
      const client = request.socket.remoteAddress ?? ''
      const { status, body, type, allow } = answerTo(
        document.instances,
        client,
        request.method ?? '',
        request.url ?? '',
      )
      response.writeHead(status, {
        'content-type': type,
        'content-length': Buffer.byteLength(body),
        'cache-control': 'no-store',
        ...(allow === undefined ? {} : { allow }),
      })
      response.end(request.method === 'HEAD' ? undefined : body)
    })
    // A guest cannot hold connections open to keep others out.
    server.headersTimeout = 5000
    server.requestTimeout = 10_000
    server.keepAliveTimeout = 1000
    server.maxConnections = 2048
    listen(server, address, port)
    return server
  }

  const shut = (address: string): Promise<void> => {
    const server = servers.get(address)
    servers.delete(address)
    server?.removeAllListeners('error')
    server?.closeAllConnections()
    return new Promise((resolve) => (server?.listening ? server.close(() => resolve()) : resolve()))
  }

  return {
    update: (next) => {
      document = next
      for (const address of [...servers.keys()].filter((known) => !next.listen.includes(known))) void shut(address)
      for (const address of next.listen) if (!servers.has(address)) servers.set(address, open(address))
    },
    close: async () => {
      await Promise.all([...servers.keys()].map(shut))
    },
  }
}
