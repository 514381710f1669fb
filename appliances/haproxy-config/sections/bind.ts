import { address } from '../codec/address.ts'
import { choice, file, integer, lines, name, pattern, token } from '../codec/codec.ts'
import { type Parts, readParts, writeParts } from '../codec/options.ts'
import type { Bind, TlsVersion } from '../model.ts'

const tls = choice<TlsVersion>('TLSv1.0', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3')
const protocols = pattern('protocols', /^[A-Za-z0-9./-]+(,[A-Za-z0-9./-]+)*$/)

/** Configuration manual, 5.1 "Bind options". */
const parts: Parts<Omit<Bind, 'address'>> = {
  name: { word: 'name', scalar: name },
  interface: { word: 'interface', scalar: pattern('a device', /^[A-Za-z0-9_.@-]{1,15}$/) },
  transparent: { word: 'transparent' },
  acceptProxy: { word: 'accept-proxy' },
  maxconn: { word: 'maxconn', scalar: integer(1) },
  backlog: { word: 'backlog', scalar: integer(1) },
  v6only: { word: 'v6only' },
  ssl: { word: 'ssl' },
  crt: { word: 'crt', scalar: file },
  crtList: { word: 'crt-list', scalar: file },
  alpn: {
    word: 'alpn',
    scalar: { write: (all) => protocols.write(all.join(',')), read: (word) => protocols.read(word).split(',') },
  },
  strictSni: { word: 'strict-sni' },
  sslMinVer: { word: 'ssl-min-ver', scalar: tls },
  sslMaxVer: { word: 'ssl-max-ver', scalar: tls },
  ciphers: { word: 'ciphers', scalar: token },
  ciphersuites: { word: 'ciphersuites', scalar: token },
}

export const binds = lines<Bind>(
  'bind',
  ({ address: at, ...options }) => [address.write(at), ...writeParts(parts, options)],
  ([at = '', ...words]) => ({ address: address.read(at), ...readParts(parts, words) }),
)
