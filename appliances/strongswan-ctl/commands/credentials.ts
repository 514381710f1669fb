import type { Connection } from '../client/connection.ts'
import type { CallOptions } from '../client/limit.ts'
import type { Encoded } from '../model/values.ts'
import { act } from './call.ts'
import { list, text } from './shape.ts'

export type Certificate = {
  /** `X509` by default. */
  readonly type?: 'X509' | 'X509_AC' | 'X509_CRL'
  /** Of an X.509 certificate; `NONE` by default, `CA` for authorities. */
  readonly flag?: 'NONE' | 'CA' | 'AA' | 'OCSP'
  readonly data: Encoded
}

export type PrivateKey = {
  /** `any` by default: found out from the data. */
  readonly type?: 'rsa' | 'ecdsa' | 'any'
  /** Not encrypted. */
  readonly data: Encoded
}

/** A private key that stays on a PKCS #11 token. */
export type Token = {
  /** CKA_ID in hexadecimal digits. */
  readonly handle: string
  readonly slot?: number
  readonly module?: string
  readonly pin?: string
}

export type SharedKey = {
  /** By which it is replaced and unloaded; without one only `clear-creds` removes it. */
  readonly id?: string
  readonly type: 'ike' | 'eap' | 'xauth' | 'ntlm' | 'ppk'
  /** The secret itself, not its hexadecimal or Base64 form. */
  readonly data: string | Uint8Array
  /** Identities whose secret it is; anybody's without. */
  readonly owners?: readonly string[]
}

export interface CredentialCommands {
  loadCert(certificate: Certificate, options?: CallOptions): Promise<void>
  /** Gives the key's id, the SHA-1 of its public key in hexadecimal digits. */
  loadKey(key: PrivateKey, options?: CallOptions): Promise<string>
  unloadKey(id: string, options?: CallOptions): Promise<void>
  getKeys(options?: CallOptions): Promise<readonly string[]>
  loadToken(token: Token, options?: CallOptions): Promise<string>
  loadShared(key: SharedKey, options?: CallOptions): Promise<void>
  /** charon says yes also where there is none of this id. */
  unloadShared(id: string, options?: CallOptions): Promise<void>
  getShared(options?: CallOptions): Promise<readonly string[]>
  /** Forgets certificates and CRLs that were fetched or received. */
  flushCerts(
    filter?: { readonly type?: 'X509' | 'X509_AC' | 'X509_CRL' | 'OCSP_RESPONSE' | 'PUBKEY' | 'ANY' },
    options?: CallOptions,
  ): Promise<void>
  /** Forgets all certificates, keys and secrets that were loaded by VICI, and empties the cache. */
  clearCreds(options?: CallOptions): Promise<void>
}

export const credentialCommands = (connection: Connection): CredentialCommands => ({
  loadCert: async (certificate, options) =>
    void (await act(connection, 'load-cert', { type: 'X509', flag: 'NONE', ...certificate }, options)),
  loadKey: async (key, options) => text((await act(connection, 'load-key', { type: 'any', ...key }, options)).id, 'id'),
  unloadKey: async (id, options) => void (await act(connection, 'unload-key', { id }, options)),
  getKeys: async (options) => list((await connection.request('get-keys', {}, options)).keys, 'keys'),
  loadToken: async (token, options) => text((await act(connection, 'load-token', token, options)).id, 'id'),
  loadShared: async (key, options) => void (await act(connection, 'load-shared', key, options)),
  unloadShared: async (id, options) => void (await act(connection, 'unload-shared', { id }, options)),
  getShared: async (options) => list((await connection.request('get-shared', {}, options)).keys, 'keys'),
  flushCerts: async (filter = {}, options) => void (await act(connection, 'flush-certs', filter, options)),
  clearCreds: async (options) => void (await act(connection, 'clear-creds', {}, options)),
})
