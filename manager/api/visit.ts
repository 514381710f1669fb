import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'

/** The HTTP side of a call, for the commands by which callers enter and leave. */
export interface Visit {
  readonly method: string
  /** Whence it came: the address of the client, or of the proxy in front. */
  readonly address: string
  readonly headers: IncomingHttpHeaders
  readonly cookies: ReadonlyMap<string, string>
  /** Undefined: the client is to forget it. */
  setCookie(name: string, value: string | undefined): void
}

const cookiesOf = (header = ''): ReadonlyMap<string, string> =>
  new Map(
    header
      .split(';')
      .map((pair) => pair.trim().split('='))
      .map(([name = '', ...value]) => [name, value.join('=')] as const),
  )

/** Scripts cannot read them, other sites cannot send them; over TLS only where a proxy says that the client has it. */
const attributes = (headers: IncomingHttpHeaders): string =>
  `; Path=/client; HttpOnly; SameSite=Strict${headers['x-forwarded-proto'] === 'https' ? '; Secure' : ''}`

/** `send` gets each Set-Cookie line. */
export const visitOf = (request: IncomingMessage, send: (cookie: string) => void): Visit => ({
  method: request.method ?? 'GET',
  address: request.socket.remoteAddress ?? '127.0.0.1',
  headers: request.headers,
  cookies: cookiesOf(request.headers.cookie),
  setCookie: (name, value) =>
    send(`${name}=${value ?? ''}${attributes(request.headers)}${value === undefined ? '; Max-Age=0' : ''}`),
})
