import type { IncomingHttpHeaders } from 'node:http'
import type { Duplex } from 'node:stream'
import { type PeerCertificate, type TLSSocket, connect as tlsConnect } from 'node:tls'
import type { Namespace } from '../namespace.ts'
import { patience } from '../patience.ts'
import { serveHttp } from '../servers/http.ts'

/** A guest that answers HTTP with its name. */
export interface HttpMember extends AsyncDisposable {
  readonly name: string
  /** Of `/health`. */
  health: number
  readonly seen: IncomingHttpHeaders[]
  /** Answers all who asked for `/held`. */
  letGo(): void
  close(): Promise<void>
}

/** `/login` gives out the application's session cookie; `/held` answers when it is let go. */
export const serveMember = async (guest: Namespace, address: string, name: string): Promise<HttpMember> => {
  const seen: IncomingHttpHeaders[] = []
  const held: (() => void)[] = []
  const letGo = (): void => {
    for (const answer of held.splice(0)) answer()
  }
  const member = { name, health: 200, seen, letGo }
  const server = await serveHttp(guest, {
    address,
    handler: (request, response) => {
      seen.push(request.headers)
      response.statusCode = request.url === '/health' ? member.health : 200
      if (request.url === '/login') response.setHeader('set-cookie', `JSESSIONID=${name}-${seen.length}; path=/`)
      if (request.url === '/held') held.push(() => response.end(name))
      else response.end(name)
    },
  })
  return Object.assign(member, { close: () => server.close(), [Symbol.asyncDispose]: () => server.close() })
}

type Headers = Readonly<Record<string, string>>

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: string
}

/** Head and body once both are there; chunks are left as they are. */
const parseAnswer = (text: string, ended: boolean): Answer | undefined => {
  const split = text.indexOf('\r\n\r\n')
  if (split === -1) return undefined
  const [first = '', ...lines] = text.slice(0, split).split('\r\n')
  const headers: Record<string, string> = {}
  for (const line of lines) headers[line.slice(0, line.indexOf(':')).toLowerCase()] = line.slice(line.indexOf(':') + 2)
  const body = text.slice(split + 4)
  if (!ended && body.length < Number(headers['content-length'] ?? Number.POSITIVE_INFINITY)) return undefined
  return { status: Number(first.split(' ')[1]), headers, body }
}

/** One request over a socket that is there already, and stays; rejects when it ends without an answer. */
export const askOver = (socket: Duplex, path: string, headers: Headers = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    let text = ''
    const finish = (answer: Answer | undefined, ended: boolean): void => {
      if (answer === undefined && !ended) return
      socket.off('data', data).off('end', end).off('error', end).off('close', end)
      if (answer === undefined) reject(new Error(`the connection ended after ${JSON.stringify(text)}`))
      else resolve(answer)
    }
    const data = (chunk: Buffer): void => {
      text += chunk
      finish(parseAnswer(text, false), false)
    }
    const end = (): void => finish(parseAnswer(text, true), true)
    socket.on('data', data).on('end', end).on('error', end).on('close', end)
    const lines = Object.entries({ host: 'lab', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
    socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`)
  })

/** One request over a connection of its own. */
export const askAt = async (
  from: Namespace,
  address: string,
  port: number,
  path = '/',
  headers: Headers = {},
): Promise<Answer> => {
  const socket = await from.connect(address, port)
  try {
    return await askOver(socket, path, { connection: 'close', ...headers })
  } finally {
    socket.destroy()
  }
}

/** A TLS connection that trusts anybody: which certificate is shown is what is asked. */
export const openTls = async (from: Namespace, address: string, port: number, name?: string): Promise<TLSSocket> => {
  const socket = await from.connect(address, port)
  return new Promise((resolve, reject) => {
    const secure = tlsConnect({
      socket,
      rejectUnauthorized: false,
      ALPNProtocols: ['http/1.1'],
      ...(name === undefined ? {} : { servername: name }),
    })
    secure.once('secureConnect', () => resolve(secure))
    secure.once('error', reject)
  })
}

/** The certificate that a client of this name is shown. */
export const shownTo = async (
  from: Namespace,
  address: string,
  port: number,
  name?: string,
): Promise<PeerCertificate> => {
  const secure = await openTls(from, address, port, name)
  try {
    return secure.getPeerCertificate()
  } finally {
    secure.destroy()
  }
}

export interface ProxyHeader {
  /** `LOCAL`: the balancer asks for itself. */
  readonly command: 'LOCAL' | 'PROXY'
  readonly client: string
  readonly listener: string
  /** What follows the header. */
  readonly rest: Buffer
}

const SIGNATURE = Buffer.from('0d0a0d0a000d0a515549540a', 'hex')

/** PROXY protocol, version 2, over TCP and IPv4 (haproxy's proxy-protocol.txt, 2.2); undefined while it is not all there. */
export const readProxyHeader = (data: Buffer): ProxyHeader | undefined => {
  if (data.length < 16) return undefined
  if (!data.subarray(0, 12).equals(SIGNATURE)) throw new Error(`no PROXY header: ${data.toString('hex')}`)
  const [version = 0, family = 0] = data.subarray(12, 14)
  const end = 16 + data.readUInt16BE(14)
  if (data.length < end) return undefined
  const rest = data.subarray(end)
  if (version === 0x20) return { command: 'LOCAL', client: '', listener: '', rest }
  if (version !== 0x21 || family !== 0x11 || end < 28) throw new Error(`a PROXY header of ${version} ${family} ${end}`)
  const at = (address: number, port: number) =>
    `${data.subarray(address, address + 4).join('.')}:${data.readUInt16BE(port)}`
  return { command: 'PROXY', client: at(16, 24), listener: at(20, 26), rest }
}

/** A server that believes nobody without a PROXY header: it answers with what the header says and what came after it. */
export const serveProxied = async (
  guest: Namespace,
  address: string,
  port: number,
): Promise<{ readonly headers: readonly ProxyHeader[]; close(): void }> => {
  const headers: ProxyHeader[] = []
  const listener = await guest.listen(address, port)
  listener.on('connection', (socket) => {
    let data = Buffer.alloc(0)
    let header: ProxyHeader | undefined
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      data = Buffer.concat([data, chunk])
      const read = header ?? readProxyHeader(data)
      if (read === undefined) return
      if (header === undefined) headers.push(read)
      const more = header === undefined ? read.rest : chunk
      header = read
      if (more.length > 0) socket.write(`${read.client} to ${read.listener}: ${more}`)
    })
  })
  return { headers, close: () => void listener.close() }
}

/** Answers each datagram with the member's name. */
export const serveUdp = async (guest: Namespace, address: string, port: number, name: string): Promise<() => void> => {
  const socket = await guest.datagram(address, port)
  socket.on('message', (_, { address: client, port: from }) => socket.send(name, from, client))
  return () => socket.close()
}

/** Who answers a datagram; undefined: nobody within a moment. */
export const askUdp = async (
  from: Namespace,
  own: { readonly address: string; readonly port: number },
  address: string,
  port: number,
): Promise<string | undefined> => {
  const socket = await from.datagram(own.address, own.port)
  try {
    return await new Promise((resolve) => {
      socket.on('message', (message) => resolve(message.toString()))
      socket.on('error', () => undefined)
      socket.send('who?', port, address)
      setTimeout(resolve, patience(700), undefined)
    })
  } finally {
    socket.close()
  }
}

export interface Pem {
  readonly chain: string
  readonly key: string
}

/** A certificate of its own for these names. */
export const makeCertificate = async (at: Namespace, ...names: readonly [string, ...string[]]): Promise<Pem> => {
  const { stdout } = await at.exec([
    ...(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'] as const),
    ...['-keyout', '-', '-out', '-', '-days', '30', '-subj', `/CN=${names[0]}`],
    ...['-addext', `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}`],
  ])
  const blocks = stdout.match(/-----BEGIN ([A-Z ]+)-----\n[\s\S]+?-----END \1-----\n/g) ?? []
  const find = (label: string): string => blocks.find((block) => block.includes(label)) ?? ''
  return { chain: find('CERTIFICATE'), key: find('PRIVATE KEY') }
}
