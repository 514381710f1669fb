import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { SysvmError } from '@sysvm/errors'

/** Bytes of an AES-256 key, of a GCM nonce and of its tag (NIST SP 800-38D). */
export const SEAL_KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** AES-256-GCM: nonce, tag and ciphertext in base64. `context` names the row, so that a secret opens in its place only. */
export const seal = (key: Buffer, context: string, secret: string): string => {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context))
  const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64')
}

/** Rejects with SYSVM_SEAL when the key is another one, or the text was changed or moved. */
export const unseal = (key: Buffer, context: string, sealed: string): string => {
  const bytes = Buffer.from(sealed, 'base64')
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(context))
      .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8')
  } catch (cause) {
    throw new SysvmError(
      'SYSVM_SEAL',
      `The secret of ${context} does not open with the key file of this data directory: restore the key file that the database belongs to.`,
      { details: { context }, cause },
    )
  }
}
