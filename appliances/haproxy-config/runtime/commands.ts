import { address } from '../codec/address.ts'
import { file, name } from '../codec/codec.ts'
import { HAProxyConfigError } from '../errors.ts'
import { type CrtListEntry, checkPem, crtListLine } from '../files.ts'
import type { Server } from '../model.ts'
import { serverWords } from '../sections/server.ts'
import { printable } from '../text/quote.ts'

/** What the runtime socket can change; management guide, 9.3 "Unix Socket commands". */
export type RuntimeCommand =
  | { readonly kind: 'add-server'; readonly backend: string; readonly server: Server }
  | {
      readonly kind: 'enable-server' | 'enable-health' | 'delete-server' | 'shutdown-sessions'
      readonly backend: string
      readonly server: string
    }
  | { readonly kind: 'set-state'; readonly backend: string; readonly server: string; readonly state: ServerState }
  | { readonly kind: 'set-weight'; readonly backend: string; readonly server: string; readonly weight: number }
  | { readonly kind: 'set-address'; readonly backend: string; readonly server: string; readonly address: string }
  | { readonly kind: 'set-server-maxconn'; readonly backend: string; readonly server: string; readonly maxconn: number }
  /** Waits until nothing uses the server any more, so that it can be deleted. */
  | {
      readonly kind: 'wait-removable'
      readonly backend: string
      readonly server: string
      readonly milliseconds: number
    }
  | { readonly kind: 'set-frontend-maxconn'; readonly frontend: string; readonly maxconn: number }
  | { readonly kind: 'new-certificate' | 'commit-certificate' | 'delete-certificate'; readonly path: string }
  | { readonly kind: 'set-certificate'; readonly path: string; readonly pem: string }
  | { readonly kind: 'add-crt-list-entry'; readonly path: string; readonly entry: CrtListEntry }
  | { readonly kind: 'delete-crt-list-entry'; readonly path: string; readonly certificate: string }
  | {
      readonly kind: 'add-map-entry' | 'set-map-entry'
      readonly path: string
      readonly key: string
      readonly value: string
    }
  | { readonly kind: 'delete-map-entry'; readonly path: string; readonly key: string }
  | { readonly kind: 'add-acl-entry' | 'delete-acl-entry'; readonly path: string; readonly value: string }

export type ServerState = 'ready' | 'drain' | 'maint'

/** haproxy's default size of a buffer, which a command and its payload must fit in. */
const BYTES = 16_384 - 1024

const target = (command: { readonly backend: string; readonly server: string }): string =>
  `${name.write(command.backend)}/${name.write(command.server)}`

/** A word of a command, where a blank, `;` or `\` must be escaped; a `#` may begin nothing here. */
const word = (text: string): string => {
  if (printable(text) === '' || text.startsWith('<<'))
    throw new HAProxyConfigError('HAPROXY_VALUE', 'a word of a command is empty')
  return text.replaceAll(/[\\ ;]/g, '\\$&')
}

const number = (value: number): string => {
  if (Number.isInteger(value) && value >= 0) return String(value)
  throw new HAProxyConfigError('HAPROXY_VALUE', `a number: ${value} does not fit`)
}

const split = (text: string): readonly [host: string, port: string] => {
  const whole = address.write(text)
  const colon = whole.lastIndexOf(':')
  return [whole.slice(0, colon).replace(/^\[|\]$/g, ''), whole.slice(colon + 1)]
}

const lineOf = (command: RuntimeCommand): string => {
  switch (command.kind) {
    case 'add-server': {
      // Whether it takes connections is a command of its own.
      const { disabled: _, ...server } = command.server
      const [own = '', ...words] = serverWords(server)
      return `add server ${name.write(command.backend)}/${own} ${words.map(word).join(' ')}`
    }
    case 'enable-server':
      return `enable server ${target(command)}`
    case 'enable-health':
      return `enable health ${target(command)}`
    case 'delete-server':
      return `del server ${target(command)}`
    case 'shutdown-sessions':
      return `shutdown sessions server ${target(command)}`
    case 'set-state':
      return `set server ${target(command)} state ${command.state}`
    case 'set-weight':
      return `set server ${target(command)} weight ${number(command.weight)}`
    case 'set-address': {
      const [host, port] = split(command.address)
      return `set server ${target(command)} addr ${host} port ${port}`
    }
    case 'set-server-maxconn':
      return `set maxconn server ${target(command)} ${number(command.maxconn)}`
    case 'wait-removable':
      return `wait ${number(command.milliseconds)}ms srv-removable ${target(command)}`
    case 'set-frontend-maxconn':
      return `set maxconn frontend ${name.write(command.frontend)} ${number(command.maxconn)}`
    case 'new-certificate':
      return `new ssl cert ${file.write(command.path)}`
    case 'commit-certificate':
      return `commit ssl cert ${file.write(command.path)}`
    case 'delete-certificate':
      return `del ssl cert ${file.write(command.path)}`
    case 'set-certificate':
      return `set ssl cert ${file.write(command.path)} <<\n${checkPem(command.pem)}`
    case 'add-crt-list-entry':
      return `add ssl crt-list ${file.write(command.path)} <<\n${crtListLine(command.entry)}\n`
    case 'delete-crt-list-entry':
      return `del ssl crt-list ${file.write(command.path)} ${file.write(command.certificate)}`
    case 'add-map-entry':
      return `add map ${file.write(command.path)} ${word(command.key)} ${word(command.value)}`
    case 'set-map-entry':
      return `set map ${file.write(command.path)} ${word(command.key)} ${word(command.value)}`
    case 'delete-map-entry':
      return `del map ${file.write(command.path)} ${word(command.key)}`
    case 'add-acl-entry':
      return `add acl ${file.write(command.path)} ${word(command.value)}`
    case 'delete-acl-entry':
      return `del acl ${file.write(command.path)} ${word(command.value)}`
  }
}

/** The command as it is sent, its payload and the empty line that ends it included; throws HAPROXY_VALUE, or HAPROXY_LIMIT for one that fits no buffer. */
export const commandText = (command: RuntimeCommand): string => {
  const text = `${lineOf(command)}\n`
  if (Buffer.byteLength(text) <= BYTES) return text
  throw new HAProxyConfigError('HAPROXY_LIMIT', `${command.kind} has more than ${BYTES} bytes`)
}

/** What haproxy says when all went well; everything else is a refusal. */
const success: Readonly<Partial<Record<RuntimeCommand['kind'], RegExp>>> = {
  'add-server': /^New server registered\.$/,
  'delete-server': /^Server deleted\.$/,
  'set-address': /^(nothing changed|(IP|port) changed)/,
  'wait-removable': /^Done\.$/,
  'new-certificate': /^New empty certificate store/,
  'set-certificate': /^Transaction (created|updated) for/,
  'commit-certificate': /Success!$/,
  'delete-certificate': /deleted!$/,
  'add-crt-list-entry': /Success!$/,
  'delete-crt-list-entry': /deleted in crtlist/,
}

/** Whether an answer says that the command was done. */
export const succeeded = ({ kind }: RuntimeCommand, answer: string): boolean =>
  success[kind]?.test(answer) ?? answer === ''
