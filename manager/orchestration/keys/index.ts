import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { chmod, mkdir, open, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import ssh2 from 'ssh2'
import { generateSshKey } from './openssh.ts'
import { SEAL_KEY_BYTES } from './seal.ts'

export { generateSshKey } from './openssh.ts'
export { seal, unseal } from './seal.ts'

/** The manager's own keys; the private ones never leave its data directory. */
export interface Keys {
  /** OpenSSH private key that opens hosts and system VMs. */
  readonly sshPrivate: string
  /** Its public half, `ssh-ed25519 AAAA…`. */
  readonly sshPublic: string
  /** ed25519 public key that system VMs check specs with: SPKI, DER, base64. */
  readonly specPublic: string
  /** The key of the secrets in the database. */
  readonly sealKey: Buffer
  /** ed25519 signature in base64. */
  sign(body: Uint8Array): string
}

/** Reads the file, or makes it once: written beside, flushed, then renamed. */
const keep = async (path: string, make: () => string): Promise<string> => {
  const found = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (found !== undefined) return found
  const text = make()
  const draft = `${path}.new`
  const file = await open(draft, 'w', 0o600)
  try {
    await file.chmod(0o600)
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, path)
  return text
}

/** `ssh-ed25519 AAAA…` without the comment. */
export const publicHalf = (openssh: string): string => {
  const parsed = ssh2.utils.parseKey(openssh)
  if (parsed instanceof Error) throw parsed
  const key = Array.isArray(parsed) ? parsed[0] : parsed
  return `${key.type} ${key.getPublicSSH().toString('base64')}`
}

const specPublicOf = (key: KeyObject): string =>
  createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64')

/** The keys of a data directory, made at the first start; files of mode 0600 in a folder of mode 0700. */
export const openKeys = async (folder: string): Promise<Keys> => {
  const keys = join(folder, 'keys')
  await mkdir(keys, { recursive: true, mode: 0o700 })
  await chmod(keys, 0o700)
  const sshPrivate = await keep(join(keys, 'ssh_ed25519'), () => generateSshKey().privateKey)
  const sshPublic = publicHalf(sshPrivate)
  // For people, who put it into the authorized keys of a host.
  await writeFile(join(keys, 'ssh_ed25519.pub'), `${sshPublic} sysvm-manager\n`, { mode: 0o644 })
  const specPrivate = createPrivateKey(
    await keep(join(keys, 'spec_ed25519.pem'), () =>
      generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ),
  )
  const sealText = await keep(join(keys, 'seal.key'), () => randomBytes(SEAL_KEY_BYTES).toString('base64'))
  return {
    sshPrivate,
    sshPublic,
    specPublic: specPublicOf(specPrivate),
    sealKey: Buffer.from(sealText.trim(), 'base64'),
    sign: (body) => sign(null, body, specPrivate).toString('base64'),
  }
}
