import { z } from 'zod'

/** Names as strongSwan has them; the API's customer gateways have the same, with `;` before the group. */
export const CIPHERS = ['3des', 'aes128', 'aes192', 'aes256'] as const
export const HASHES = ['md5', 'sha1', 'sha256', 'sha384', 'sha512'] as const
export const GROUPS = [
  'modp1024',
  'modp1536',
  'modp2048',
  'modp3072',
  'modp4096',
  'modp6144',
  'modp8192',
  'modp1024s160',
  'modp2048s224',
  'modp2048s256',
  'ecp256',
  'ecp384',
  'ecp521',
  'curve25519',
] as const
/** Ciphers that authenticate by themselves (RFC 5282, RFC 7634); the API does not name them. */
export const AEADS = ['aes128gcm16', 'aes256gcm16', 'chacha20poly1305'] as const
const FUNCTIONS = ['prfsha1', 'prfsha256', 'prfsha384', 'prfsha512'] as const

const any = (words: readonly string[]): string => `(?:${words.join('|')})`
const IKE = `(?:${any(CIPHERS)}-${any(HASHES)}|${any(AEADS)}-${any(FUNCTIONS)})-${any(GROUPS)}`
const ESP = `(?:${any(CIPHERS)}-${any(HASHES)}|${any(AEADS)})(?:-${any(GROUPS)})?`

/** Of the IKE SA: `aes256-sha256-modp2048`. */
export const IKE_PROPOSAL = new RegExp(`^${IKE}$`)
/** Of the tunnel's SAs: `aes256-sha256`, or with a group for perfect forward secrecy `aes256-sha256-modp2048`. */
export const ESP_PROPOSAL = new RegExp(`^${ESP}$`)

export const IkeProposal = z
  .string()
  .regex(IKE_PROPOSAL, 'is not a proposal of cipher, hash and group such as aes256-sha256-modp2048')
export const EspProposal = z
  .string()
  .regex(ESP_PROPOSAL, 'is not a proposal of cipher, hash and perhaps group such as aes256-sha256-modp2048')

/** What nobody should begin to use today, and why (RFC 8247, RFC 8221). */
const WEAK: Readonly<Record<string, string>> = {
  '3des': 'blocks of 64 bits can be attacked after a few gigabytes (RFC 8247)',
  md5: 'MD5 is broken (RFC 8247: must not)',
  modp1024: 'a group of 1024 bits is within reach of states (RFC 8247: should not)',
  modp1536: 'a group of 1536 bits is too small (RFC 8247: should not)',
  modp1024s160: 'a group of 1024 bits with a small subgroup (RFC 8247: must not)',
  modp2048s224: 'nobody can say how its prime was made (RFC 8247: must not)',
  modp2048s256: 'nobody can say how its prime was made (RFC 8247: must not)',
  sha1: 'SHA-1 is on its way out (RFC 8247)',
}

export interface Weakness {
  readonly algorithm: string
  readonly why: string
}

/** Algorithms in these proposals that are weak, each once. Pure. */
export const weaknesses = (proposals: readonly string[]): readonly Weakness[] =>
  [...new Set(proposals.flatMap((proposal) => proposal.split('-')))].flatMap((algorithm) => {
    const why = WEAK[algorithm]
    return why === undefined ? [] : [{ algorithm, why }]
  })
