import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { messageOf } from '@sysvm/errors'
import { admission } from '../admission.ts'
import { answerTo } from './answer.ts'
import type { MetadataDocument } from './document.ts'

const RETRY_MS = 200
/** A guest needs one or two at a time; with a limit of its own it cannot use up what all share. */
const CONNECTIONS_PER_GUEST = 32
const CONNECTIONS = 2048

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

/** One question, answered out of the document of the moment. */
export type Handle = (
  document: MetadataDocument,
  request: IncomingMessage,
  response: ServerResponse,
) => void | Promise<void>

const METADATA_PORT = 80

const handleMetadata: Handle = ({ instances }, request, response) => {
  const client = request.socket.remoteAddress ?? ''
  const { status, body, type, allow } = answerTo(instances, client, request.method ?? '', request.url ?? '')
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    ...(allow === undefined ? {} : { allow }),
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

/** What is asked cannot be said, and why is not the guest's business; systemd has it as an error. */
const fail = (response: ServerResponse, error: unknown): void => {
  process.stderr.write(`<3>metadata: ${messageOf(error)}\n`)
  if (response.headersSent) response.destroy()
  else response.writeHead(503, { 'content-length': 0 }).end()
}

/** Serves each guest its own data and nobody else's, at every address of the document. */
export const createMetadataServer = ({
  port = METADATA_PORT,
  handle = handleMetadata,
}: {
  readonly port?: number
  readonly handle?: Handle
} = {}): MetadataServer => {
  let document: MetadataDocument = { listen: [], instances: {} }
  const servers = new Map<string, Server>()

  const admit = admission(CONNECTIONS_PER_GUEST)

  const open = (address: string): Server => {
    // Node looks for those who are too slow every half minute, unless told.
    const server = createServer({ connectionsCheckingInterval: 1000 }, (request, response) => {
      void (async () => handle(document, request, response))().catch((error: unknown) => fail(response, error))
    })
    server.on('connection', admit)
    server.headersTimeout = 5000
    server.requestTimeout = 10_000
    server.keepAliveTimeout = 1000
    // Whoever takes nothing of an answer.
    server.timeout = 10_000
    server.maxConnections = CONNECTIONS
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
