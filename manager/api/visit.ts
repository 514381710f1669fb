import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { type BlockList, isIP } from 'node:net'

/** The HTTP side of a call, for the commands by which callers enter and leave. */
export interface Visit {
  readonly method: string
  /** Whence it came; see addressOf. */
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

/** Node says 4 in 6 of whoever came by IPv4 to a socket for both. */
const plain = (address: string): string => address.trim().replace(/^::ffff:(?=\d+\.)/i, '')

const isOf = (list: BlockList, address: string): boolean =>
  isIP(address) !== 0 && list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')

/** The last one on the way that is no proxy of ours: what stands before it, anybody may have written. */
export const addressOf = (
  { socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>,
  proxies?: BlockList,
): string => {
  const peer = plain(socket.remoteAddress ?? '127.0.0.1')
  const way = [...[headers['x-forwarded-for'] ?? []].flat().join(',').split(',').map(plain).filter(isIP), peer]
  if (proxies === undefined || !isOf(proxies, peer)) return peer
  return way.findLast((address) => !isOf(proxies, address)) ?? peer
}

/** Whether the connection is a proxy's of ours, which has those of many clients. */
export const isProxy = (peer: string | undefined, proxies?: BlockList): boolean =>
  proxies !== undefined && isOf(proxies, plain(peer ?? ''))

/** `send` gets each Set-Cookie line. */
export const visitOf = (request: IncomingMessage, send: (cookie: string) => void, proxies?: BlockList): Visit => ({
  method: request.method ?? 'GET',
  address: addressOf(request, proxies),
  headers: request.headers,
  cookies: cookiesOf(request.headers.cookie),
  setCookie: (name, value) =>
    send(`${name}=${value ?? ''}${attributes(request.headers)}${value === undefined ? '; Max-Age=0' : ''}`),
})
