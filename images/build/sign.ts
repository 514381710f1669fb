import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cachePath } from './paths.ts'

/** The public half, given to the manager's configuration; PEM, SPKI. */
export const publicKeyPath = (): string => cachePath('keys', 'image.ed25519.pub')
const privateKeyPath = (): string => cachePath('keys', 'image.ed25519')

/** The key that signs manifests, made at the first build and kept: only root reads it. Call it under the lock. */
export const signingKey = async (): Promise<KeyObject> => {
  await mkdir(cachePath('keys'), { recursive: true, mode: 0o755 })
  const pem = await readFile(privateKeyPath(), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  })
  const key = createPrivateKey(pem)
  const put = async (path: string, text: string, mode: number): Promise<void> => {
    await writeFile(`${path}.new`, text, { mode })
    await rename(`${path}.new`, path)
  }
  await put(privateKeyPath(), pem, 0o600)
  await put(publicKeyPath(), createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString(), 0o644)
  return key
}

/** Writes manifest.json and, beside it, the base64 ed25519 signature over exactly its bytes. */
export const writeSigned = async (folder: string, text: string, key: KeyObject): Promise<void> => {
  await writeFile(join(folder, 'manifest.json'), text)
  await writeFile(join(folder, 'manifest.json.sig'), `${sign(null, Buffer.from(text), key).toString('base64')}\n`)
}
