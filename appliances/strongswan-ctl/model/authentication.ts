import type { Encoded, Word } from './values.ts'

/** A certificate that charon itself loads, from a file it can read or from a token. */
export type CertificateSource =
  | { readonly file: string }
  | { readonly handle: string; readonly slot?: number; readonly module?: string }

type Round = {
  /** Rounds come in this order, else in that of the object. */
  readonly round?: number
  /** The IKE identity: an address, a name, `user@name`, a distinguished name, or with its type before it. */
  readonly id?: string
  /** The identity of EAP, if not `id`. */
  readonly eap_id?: string
  readonly certs?: readonly Encoded[]
  /** Raw public keys. */
  readonly pubkeys?: readonly Encoded[]
  readonly [cert: `cert-${string}` | `cert${number}`]: CertificateSource
}

/** How this side proves who it is: a `local` section. */
export type LocalAuth = Round & {
  /** `pubkey` by default; with constraints too, `'ike:pubkey-sha384'` for example. */
  readonly auth?: Word<'pubkey' | 'psk' | 'eap' | 'eap-mschapv2' | 'eap-md5' | 'eap-tls' | 'xauth'>
  /** Of the server behind EAP. */
  readonly aaa_id?: string
  /** The user name of XAuth. */
  readonly xauth_id?: string
}

/** How the other side must prove who it is: a `remote` section. */
export type RemoteAuth = Round & {
  /** `pubkey` by default. */
  readonly auth?: Word<
    'pubkey' | 'psk' | 'eap' | 'eap-mschapv2' | 'eap-dynamic' | 'eap-radius' | 'eap-tls' | 'xauth' | 'any'
  >
  /** Groups of which the peer must be in one. */
  readonly groups?: readonly string[]
  /** Certificate policies (OIDs) that the peer's certificate must have. */
  readonly cert_policy?: readonly string[]
  readonly cacerts?: readonly Encoded[]
  readonly [cacert: `cacert-${string}` | `cacert${number}`]: CertificateSource
  /** The identity of a CA that must be in the peer's chain. */
  readonly ca_id?: string
  /** `relaxed` by default. */
  readonly revocation?: 'strict' | 'ifuri' | 'relaxed'
}
