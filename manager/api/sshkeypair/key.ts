import { constants, createHash, createPublicKey, generateKeyPair, type KeyObject, publicEncrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { SysvmError } from '@sysvm/errors'

const RSA_BITS = 3072

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

/** Kinds of OpenSSH public keys that sshd takes without being told to. */
const KINDS = [
  'ssh-ed25519',
  'ssh-rsa',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
]

/** The strings of RFC 4251, section 5, that a key is made of; undefined when they do not end with the bytes. */
const fieldsOf = (blob: Buffer): readonly Buffer[] | undefined => {
  const fields: Buffer[] = []
  for (let at = 0; at < blob.length; ) {
    if (at + 4 > blob.length) return undefined
    const end = at + 4 + blob.readUInt32BE(at)
    if (end > blob.length) return undefined
    fields.push(blob.subarray(at + 4, end))
    at = end
  }
  return fields
}

/** `ssh-ed25519 AAAA…`: one key without its comment; one line, whatever was sent. Throws SYSVM_API_PARAMETER. */
export const readPublicKey = (given: string): string => {
  const lines = given.trim().split(/[\r\n]+/)
  const [kind = '', base64 = ''] = (lines[0] ?? '').trim().split(/ +/)
  if (lines.length !== 1) throw bad('Parameter publickey: has several lines: give one key.')
  const blob = Buffer.from(base64, 'base64')
  const fields = blob.toString('base64') === base64 ? fieldsOf(blob) : undefined
  if (!KINDS.includes(kind) || fields === undefined || fields.length < 2 || fields[0]?.toString('latin1') !== kind)
    throw bad(`Parameter publickey: is not an OpenSSH public key of kind ${KINDS.slice(0, 5).join(', ')}.`)
  return `${kind} ${base64}`
}

const blobOf = (publicKey: string): Buffer => Buffer.from(publicKey.split(' ')[1] ?? '', 'base64')

/** As CloudStack tells it: MD5 with colons (RFC 4716, section 4). */
export const fingerprintOf = (publicKey: string): string =>
  (createHash('md5').update(blobOf(publicKey)).digest('hex').match(/../g) ?? []).join(':')

const string = (bytes: Buffer): Buffer => {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

/** A positive number, with a zero in front where its first bit is set. */
const mpint = (bytes: Buffer): Buffer =>
  string((bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes)

const opensshOf = (key: KeyObject): string => {
  const { n = '', e = '' } = key.export({ format: 'jwk' })
  const parts = [string(Buffer.from('ssh-rsa')), mpint(Buffer.from(e, 'base64url')), mpint(Buffer.from(n, 'base64url'))]
  return `ssh-rsa ${Buffer.concat(parts).toString('base64')}`
}

/** RSA, as CloudStack makes them: a password can be encrypted for its owner. */
export const makeKeyPair = async (): Promise<{ readonly publicKey: string; readonly privateKey: string }> => {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: RSA_BITS })
  return { publicKey: opensshOf(publicKey), privateKey: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString() }
}

/** Base64 that the key's owner alone can read (RSAES-PKCS1-v1_5, as CloudStack's clients expect); null for other keys. */
export const encryptFor = (publicKeys: readonly string[], secret: string): string | null => {
  const rsa = publicKeys.find((key) => key.startsWith('ssh-rsa '))
  const [, e, n] = rsa === undefined ? [] : (fieldsOf(blobOf(rsa)) ?? [])
  if (e === undefined || n === undefined) return null
  const jwk = { kty: 'RSA', e: e.toString('base64url'), n: n.subarray(n[0] === 0 ? 1 : 0).toString('base64url') }
  const key = createPublicKey({ key: jwk, format: 'jwk' })
  return publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, Buffer.from(secret)).toString('base64')
}
