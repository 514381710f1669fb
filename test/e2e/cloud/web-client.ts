import type { Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import type { Namespace } from '../../lab/index.ts'
import { patience } from '../../lab/patience.ts'

export interface Page {
  readonly status: number
  /** Lower-cased names; of several only the last. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface Asked {
  readonly port?: number
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  /** TLS, with the name that is asked for and who is trusted. */
  readonly tls?: { readonly servername: string; readonly ca: string }
}

const PATIENCE_MS = 5000

const parse = (text: string): Page => {
  const [head = '', ...rest] = text.split('\r\n\r\n')
  const [first = '', ...lines] = head.split('\r\n')
  const [, status = '0'] = /^HTTP\/1\.[01] (\d{3})/.exec(first) ?? []
  if (status === '0') throw new Error(`no HTTP answer but '${text.slice(0, 80)}'`)
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
    }),
  )
  return { status: Number(status), headers, body: rest.join('\r\n\r\n').trim() }
}

const secured = (socket: Socket, tls: NonNullable<Asked['tls']>): Promise<TLSSocket> =>
  new Promise((resolve, reject) => {
    const secure = connectTls({ socket, ...tls }, () => resolve(secure))
    secure.once('error', reject)
  })

/** A connection from the namespace, with TLS when it is asked for. */
export const openWeb = async (at: Namespace, host: string, { port, tls }: Asked = {}): Promise<Socket> => {
  const socket = await at.connect(host, port ?? (tls ? 443 : 80))
  return tls ? secured(socket, tls) : socket
}

/** One request over a connection, which the server ends with its answer. */
export const askOver = (socket: Socket, host: string, { path = '/', headers = {} }: Asked = {}): Promise<Page> =>
  new Promise((resolve, reject) => {
    let text = ''
    const give = (error?: Error): void => {
      clearTimeout(late)
      socket.destroy()
      try {
        if (error) reject(error)
        else resolve(parse(text))
      } catch (wrong) {
        reject(wrong)
      }
    }
    const late = setTimeout(() => give(new Error(`${host} did not answer in time`)), patience(PATIENCE_MS))
    socket.setEncoding('utf8')
    socket.on('data', (part) => (text += part))
    socket.once('end', () => give())
    socket.once('error', give)
    const lines = Object.entries({ Host: host, Connection: 'close', ...headers }).map(([k, v]) => `${k}: ${v}\r\n`)
    socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`)
  })

export const fetchWeb = async (at: Namespace, host: string, asked: Asked = {}): Promise<Page> =>
  askOver(await openWeb(at, host, asked), asked.tls?.servername ?? host, asked)

/** The page's text, or what went wrong. */
export const textOf = (at: Namespace, host: string, asked: Asked = {}): Promise<string> =>
  fetchWeb(at, host, asked).then(
    ({ status, body }) => (status === 200 ? body : String(status)),
    (error: Error) => `error: ${error.message}`,
  )

export interface Load {
  /** Answers by their text, and errors by theirs, since it began. */
  readonly seen: ReadonlyMap<string, number>
  stop(): Promise<void>
}

/** Clients that ask again and again, each over new connections. */
export const startLoad = (at: Namespace, host: string, asked: Asked = {}, clients = 4): Load => {
  const seen = new Map<string, number>()
  let ending = false
  const run = async (): Promise<void> => {
    while (!ending) {
      const text = await textOf(at, host, asked)
      seen.set(text, (seen.get(text) ?? 0) + 1)
    }
  }
  const running = Promise.all(Array.from({ length: clients }, run))
  return {
    seen,
    stop: async () => {
      ending = true
      await running
    },
  }
}
