import { request as httpRequest, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http'
import type { Socket } from 'node:net'
import { type PeerCertificate, type TLSSocket, connect as tlsConnect } from 'node:tls'
import type { Namespace } from '../namespace.ts'
import { serveHttp } from '../servers/http.ts'

/** A guest that answers HTTP with its name. */
export interface HttpMember extends AsyncDisposable {
  readonly name: string
  /** Of `/health`. */
  health: number
  readonly seen: IncomingHttpHeaders[]
  close(): Promise<void>
}

/** `/login` gives out the application's session cookie; `/slow` answers after a moment. */
export const serveMember = async (guest: Namespace, address: string, name: string): Promise<HttpMember> => {
  const seen: IncomingHttpHeaders[] = []
  const member = { name, health: 200, seen }
  const server = await serveHttp(guest, {
    address,
    handler: (request, response) => {
      seen.push(request.headers)
      response.statusCode = request.url === '/health' ? member.health : 200
      if (request.url === '/login') response.setHeader('set-cookie', `JSESSIONID=${name}-${seen.length}; path=/`)
      if (request.url === '/slow') setTimeout(() => response.end(name), 400)
      else response.end(name)
    },
  })
  return Object.assign(member, { close: () => server.close(), [Symbol.asyncDispose]: () => server.close() })
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** One request over a socket that is there already. */
export const askOver = (socket: Socket, path: string, headers: OutgoingHttpHeaders = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const outgoing = httpRequest({ path, headers, createConnection: () => socket }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (text: string) => {
        body += text
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
      response.on('error', reject)
    })
    outgoing.on('error', reject)
    outgoing.end()
  })

/** One request over a connection of its own. */
export const askAt = async (
  from: Namespace,
  address: string,
  port: number,
  path = '/',
  headers: OutgoingHttpHeaders = {},
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
      setTimeout(resolve, 700, undefined)
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
