import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface SshKeys {
  /** OpenSSH private key, PEM. */
  readonly privateKey: string
  /** `ssh-ed25519 AAAA…` */
  readonly publicKey: string
  readonly file: string
  /** `SHA256:…`, as ssh-keygen -l prints it. */
  readonly fingerprint: string
}

/** A fresh ed25519 pair in a folder of the lab. */
export function makeKeys(folder: string, name: string): SshKeys {
  const file = join(folder, name)
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', file])
  const publicKey = readFileSync(`${file}.pub`, 'utf8').trim()
  const blob = Buffer.from(publicKey.split(' ')[1] ?? '', 'base64')
  const fingerprint = `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`
  return { privateKey: readFileSync(file, 'utf8'), publicKey, file, fingerprint }
}
