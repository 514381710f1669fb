import { generateKeyPairSync, randomBytes } from 'node:crypto'

/** As wg(8) writes keys: 32 bytes in base64. */
export interface KeyPair {
  readonly publicKey: string
  /** Secret. */
  readonly privateKey: string
}

const fromUrl = (text: string | undefined): string => Buffer.from(text ?? '', 'base64url').toString('base64')

/** Curve25519 (RFC 7748), as `wg genkey` and `wg pubkey` make one. */
export const newKeyPair = (): KeyPair => {
  const { d, x } = generateKeyPairSync('x25519').privateKey.export({ format: 'jwk' })
  return { publicKey: fromUrl(x), privateKey: fromUrl(d) }
}

/** As `wg genpsk` makes one: what is recorded today is not read by who can break the curve one day. Secret. */
export const newPresharedKey = (): string => randomBytes(32).toString('base64')
