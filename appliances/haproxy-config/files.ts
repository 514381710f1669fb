import { file } from './codec/codec.ts'
import { HAProxyConfigError } from './errors.ts'
import { printable } from './text/quote.ts'

/** A file that the configuration names; its path is spelled as it is spelled there. */
export type ConfigFile = Certificate | CrtList | MapFile | AclFile

/** Certificate, intermediates and private key in PEM, as haproxy reads them from one file. */
export interface Certificate {
  readonly kind: 'certificate'
  readonly path: string
  readonly pem: string
}

/** Which certificates a listener shows; the first is for names that fit none. */
export interface CrtList {
  readonly kind: 'crt-list'
  readonly path: string
  readonly entries: readonly CrtListEntry[]
}

export interface CrtListEntry {
  readonly certificate: string
  readonly alpn?: readonly string[]
  /** Names it is shown for; those in the certificate unless told. */
  readonly names?: readonly string[]
}

export interface MapFile {
  readonly kind: 'map'
  readonly path: string
  readonly entries: readonly (readonly [key: string, value: string])[]
}

export interface AclFile {
  readonly kind: 'acl'
  readonly path: string
  readonly values: readonly string[]
}

const NAME = /^!?(\*\.)?[A-Za-z0-9_.-]+$/

const invalid = (what: string, value: string): HAProxyConfigError =>
  new HAProxyConfigError('HAPROXY_VALUE', `${what}: ${JSON.stringify(value)} does not fit`)

/** One line of a crt-list. */
export const crtListLine = ({ certificate, alpn = [], names = [] }: CrtListEntry): string => {
  const stray = [...alpn.filter((word) => !/^[A-Za-z0-9./-]+$/.test(word)), ...names.filter((word) => !NAME.test(word))]
  if (stray[0] !== undefined) throw invalid('a protocol or name', stray[0])
  const options = alpn.length === 0 ? [] : [`[alpn ${alpn.join(',')}]`]
  return [file.write(certificate), ...options, ...names].join(' ')
}

/** A map's key or an ACL's value: haproxy reads it as it stands, up to the first blank. */
const key = (text: string): string => {
  if (printable(text) !== '' && !/[\s#\\"']/.test(text)) return text
  throw invalid('a key', text)
}

const mapValue = (text: string): string => {
  if (printable(text).trim() === text && text !== '' && !/[#\\"']/.test(text)) return text
  throw invalid('the value of a map', text)
}

const PEM = /^(-----BEGIN [A-Z0-9 ]+-----\n([A-Za-z0-9+/=]{1,76}\n)+-----END [A-Z0-9 ]+-----\n)+$/

/** PEM blocks and nothing else; an empty line would end a command of the runtime socket. */
export const checkPem = (pem: string): string => {
  if (PEM.test(pem)) return pem
  // Never the value: there is a private key in it.
  throw new HAProxyConfigError('HAPROXY_VALUE', 'a certificate is not PEM blocks, each line ended by a line feed')
}

/** The text of a file. Throws HAPROXY_VALUE for entries that would be read as more than one. */
export const fileText = (given: ConfigFile): string => {
  switch (given.kind) {
    case 'certificate':
      return checkPem(given.pem)
    case 'crt-list':
      return given.entries.map((entry) => `${crtListLine(entry)}\n`).join('')
    case 'map':
      return given.entries.map(([from, to]) => `${key(from)} ${mapValue(to)}\n`).join('')
    case 'acl':
      return given.values.map((value) => `${key(value)}\n`).join('')
  }
}
