import { address } from '../codec/address.ts'
import { type Codec, choice, file, integer, name, token, type Words } from '../codec/codec.ts'
import { expression } from '../codec/expression.ts'
import { type Parts, readParts, writeParts } from '../codec/options.ts'
import type { Server, ServerOptions } from '../model.ts'

/** Configuration manual, 5.2 "Server and default-server options". */
export const serverParts: Parts<ServerOptions> = {
  check: { word: 'check' },
  checkPort: { word: 'port', scalar: integer(1, 65_535) },
  inter: { word: 'inter', scalar: integer(1) },
  fastinter: { word: 'fastinter', scalar: integer(1) },
  downinter: { word: 'downinter', scalar: integer(1) },
  rise: { word: 'rise', scalar: integer(1) },
  fall: { word: 'fall', scalar: integer(1) },
  weight: { word: 'weight', scalar: integer(0, 256) },
  maxconn: { word: 'maxconn', scalar: integer(0) },
  maxqueue: { word: 'maxqueue', scalar: integer(0) },
  cookie: { word: 'cookie', scalar: token },
  backup: { word: 'backup' },
  disabled: { word: 'disabled' },
  sendProxy: { word: 'send-proxy' },
  sendProxyV2: { word: 'send-proxy-v2' },
  checkSendProxy: { word: 'check-send-proxy' },
  ssl: { word: 'ssl' },
  verify: { word: 'verify', scalar: choice('none', 'required') },
  caFile: { word: 'ca-file', scalar: file },
  sni: { word: 'sni', scalar: expression },
  slowstart: { word: 'slowstart', scalar: integer(1) },
  onMarkedDown: { word: 'on-marked-down', scalar: choice('shutdown-sessions') },
  onError: { word: 'on-error', scalar: choice('fastinter', 'fail-check', 'sudden-death', 'mark-down') },
  observe: { word: 'observe', scalar: choice('layer4', 'layer7') },
  errorLimit: { word: 'error-limit', scalar: integer(1) },
  source: { word: 'source', scalar: token },
}

export const serverWords = ({ name: own, address: at, ...options }: Server): Words => [
  name.write(own),
  address.write(at),
  ...writeParts(serverParts, options),
]

const readServer = ([own = '', at = '', ...words]: Words): Server => ({
  name: name.read(own),
  address: address.read(at),
  ...readParts(serverParts, words),
})

export const servers: Codec<readonly Server[]> = {
  keyword: ['server'],
  write: (entries) => entries.map(serverWords),
  read: (words, known = []) => [...known, readServer(words)],
}
