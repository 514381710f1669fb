import { generateKeyPairSync, randomBytes } from 'node:crypto'

const TYPE = 'ssh-ed25519'
/** Bytes of an ed25519 key, private or public (RFC 8032 5.1.5). */
const KEY_BYTES = 32

const text = (value: Uint8Array | string): Buffer => {
  const bytes = Buffer.from(value)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** Private parts are padded to the cipher's block, 8 without one, by 1, 2, 3, … (openssh PROTOCOL.key). */
const pad = (block: Buffer): Buffer =>
  Buffer.concat([block, Buffer.from(Array.from({ length: (8 - (block.length % 8)) % 8 }, (_, index) => index + 1))])

/** `ssh-ed25519 AAAA…`, RFC 8709 section 4. */
export const openSshPublic = (publicKey: Uint8Array): string =>
  `${TYPE} ${Buffer.concat([text(TYPE), text(publicKey)]).toString('base64')}`

/** An unencrypted `openssh-key-v1` file (openssh PROTOCOL.key). */
export const openSshPrivate = (secret: Uint8Array, publicKey: Uint8Array): string => {
  const check = randomBytes(4)
  const blob = Buffer.concat([text(TYPE), text(publicKey)])
  const secrets = Buffer.concat([check, check, blob, text(Buffer.concat([secret, publicKey])), text('')])
  const file = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    text('none'),
    text('none'),
    text(''),
    number(1),
    text(blob),
    text(pad(secrets)),
  ])
  const lines = file.toString('base64').match(/.{1,70}/g) ?? []
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n')
}

/**
 * A new ed25519 pair in OpenSSH's formats, as a machine's host key. Written here because ssh2's own generator makes a
 * file that it cannot read itself once in a few hundred times.
 */
export const generateSshKey = (): { readonly privateKey: string; readonly publicKey: string } => {
  const pair = generateKeyPairSync('ed25519')
  // The raw keys end their DER forms (RFC 8410).
  const secret = pair.privateKey.export({ type: 'pkcs8', format: 'der' }).subarray(-KEY_BYTES)
  const open = pair.publicKey.export({ type: 'spki', format: 'der' }).subarray(-KEY_BYTES)
  return { privateKey: openSshPrivate(secret, open), publicKey: openSshPublic(open) }
}
