import type { Connection } from '../client/connection.ts'
import type { CallOptions } from '../client/limit.ts'
import type { Message, MessageInput } from '../protocol/message.ts'
import { type Listing, listing, readEach } from './call.ts'
import { type IkeSa, readIke } from './sas.ts'
import {
  bytes,
  flag,
  integer,
  list,
  mapOf,
  named,
  type Read,
  type Reader,
  record,
  section,
  text,
  word,
} from './shape.ts'

const readPolicy = record(
  { mode: word<'TUNNEL' | 'TRANSPORT' | 'PASS' | 'DROP'>() },
  { child: text, ike: text, label: text, 'local-ts': list, 'remote-ts': list },
)
/** An installed policy; `name` is that of its IKE and CHILD configurations. */
export type Policy = { readonly name: string } & Read<typeof readPolicy>

const readListedAuth = record(
  {},
  {
    class: text,
    'eap-type': text,
    'eap-vendor': text,
    xauth: text,
    revocation: text,
    id: text,
    ca_id: text,
    aaa_id: text,
    eap_id: text,
    xauth_id: text,
    groups: list,
    cert_policy: list,
    certs: list,
    cacerts: list,
  },
)
export type ListedAuth = Read<typeof readListedAuth>

const readListedChild = record(
  { mode: text },
  {
    label: text,
    /** Seconds. */
    rekey_time: integer,
    rekey_bytes: integer,
    rekey_packets: integer,
    dpd_action: text,
    close_action: text,
    'local-ts': list,
    'remote-ts': list,
    interface: text,
    priority: integer,
  },
)

const readListedConnection = record(
  { local_addrs: list, remote_addrs: list, version: word<'IKEv1' | 'IKEv2' | 'IKEv1/2'>() },
  {
    local_port: integer,
    remote_port: integer,
    proposals: list,
    vips: list,
    /** Seconds. */
    reauth_time: integer,
    rekey_time: integer,
    dpd_delay: integer,
    dpd_timeout: integer,
    unique: text,
    ppk_id: text,
    ppk_required: flag,
    children: mapOf(readListedChild),
  },
)

/** Authentication rounds of one side, in order; charon calls them `local-1`, `local-2`… */
const rounds = (from: Message<string | Uint8Array>, side: 'local' | 'remote'): readonly ListedAuth[] =>
  Object.entries(from)
    .filter(([name]) => new RegExp(`^${side}(-|\\d|$)`).test(name))
    .map(([name, part]) => readListedAuth(part, name))

/** A loaded connection. `local` and `remote` are its authentication rounds. */
export type ListedConnection = { readonly name: string } & Read<typeof readConnection>
const readConnection = (part: Parameters<Reader<unknown>>[0], path: string) => {
  const from = section(part, path)
  return { ...readListedConnection(from, path), local: rounds(from, 'local'), remote: rounds(from, 'remote') }
}

const readCertificate = record(
  { type: word<'X509' | 'X509_AC' | 'X509_CRL' | 'OCSP_RESPONSE' | 'PUBKEY'>(), data: bytes },
  {
    flag: word<'NONE' | 'CA' | 'AA' | 'OCSP'>(),
    has_privkey: flag,
    subject: text,
    'not-before': text,
    'not-after': text,
  },
)
/** A certificate that charon has; `data` is DER. */
export type ListedCertificate = Read<typeof readCertificate>

const readAuthority = record({}, { cacert: text, crl_uris: list, ocsp_uris: list, cert_uri_base: text })
export type ListedAuthority = { readonly name: string } & Read<typeof readAuthority>

export type CertificateFilter = {
  readonly type?: 'X509' | 'X509_AC' | 'X509_CRL' | 'OCSP_RESPONSE' | 'PUBKEY' | 'ANY'
  readonly flag?: 'NONE' | 'CA' | 'AA' | 'OCSP' | 'ANY'
  readonly subject?: string
}

/** By names of configurations, or by numbers that were listed before. */
export type SaFilter = {
  readonly ike?: string
  readonly 'ike-id'?: number
  readonly child?: string
  readonly 'child-id'?: number
  /** Leaves out SAs that are busy, and does not wait for them. */
  readonly noblock?: true
}

export interface ListCommands {
  listSas(filter?: SaFilter, options?: CallOptions): Listing<IkeSa>
  /** All kinds, unless some are named. */
  listPolicies(
    filter?: {
      readonly drop?: boolean
      readonly pass?: boolean
      readonly trap?: boolean
      readonly child?: string
      readonly ike?: string
    },
    options?: CallOptions,
  ): Listing<Policy>
  listConns(filter?: { readonly ike?: string }, options?: CallOptions): Listing<ListedConnection>
  listCerts(filter?: CertificateFilter, options?: CallOptions): Listing<ListedCertificate>
  listAuthorities(filter?: { readonly name?: string }, options?: CallOptions): Listing<ListedAuthority>
}

const ALL_POLICIES = { drop: true, pass: true, trap: true }

export const listCommands = (connection: Connection): ListCommands => {
  const each =
    <T>(command: string, event: string, read: Reader<T>) =>
    (filter: MessageInput, options?: CallOptions): Listing<{ readonly name: string } & T> =>
      listing(() => readEach(connection.stream(command, event, filter, options), (part) => named(part, read, event)))
  const policies = each('list-policies', 'list-policy', readPolicy)
  return {
    listSas: (filter = {}, options) => each('list-sas', 'list-sa', readIke)(filter, options),
    listPolicies: (filter = {}, options) => {
      const { drop, pass, trap } = filter
      const some = drop === undefined && pass === undefined && trap === undefined ? ALL_POLICIES : {}
      return policies({ ...some, ...filter }, options)
    },
    listConns: (filter = {}, options) => each('list-conns', 'list-conn', readConnection)(filter, options),
    listCerts: (filter = {}, options) =>
      listing(() =>
        readEach(
          connection.streamAs(
            'list-certs',
            'list-cert',
            // The one value of VICI that is no text.
            (value, name) => (name === 'data' ? Buffer.from(value) : value.toString('utf8')),
            filter,
            options,
          ),
          (part) => readCertificate(part, 'list-cert'),
        ),
      ),
    listAuthorities: (filter = {}, options) =>
      each('list-authorities', 'list-authority', readAuthority)(filter, options),
  }
}
