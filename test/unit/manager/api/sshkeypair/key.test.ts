import { execFileSync } from 'node:child_process'
import { constants, generateKeyPairSync, privateDecrypt } from 'node:crypto'
import { encryptFor, fingerprintOf, makeKeyPair, readPublicKey } from '@sysvm/manager/api/sshkeypair/key'
import fc from 'fast-check'
import { expect, test } from 'vitest'

const pair = await makeKeyPair()

test('a pair that is made is one that OpenSSH reads', () => {
  expect(readPublicKey(`${pair.publicKey} a comment`)).toBe(pair.publicKey)
  const said = execFileSync('ssh-keygen', ['-l', '-E', 'md5', '-f', '-'], { input: pair.publicKey }).toString()
  expect(said).toContain(`3072 MD5:${fingerprintOf(pair.publicKey)}`)
})

test('a password is for the owner of the RSA key alone', () => {
  const sealed = encryptFor(['ssh-ed25519 AAAA', pair.publicKey], 'Pa55-word')
  const key = { key: pair.privateKey, padding: constants.RSA_PKCS1_PADDING }
  expect(privateDecrypt(key, Buffer.from(sealed ?? '', 'base64')).toString()).toBe('Pa55-word')
  expect(encryptFor([], 'x')).toBeNull()
  expect(encryptFor(['ssh-ed25519 AAAA'], 'x')).toBeNull()
})

test('keys of the kinds that sshd takes', () => {
  const { publicKey } = generateKeyPairSync('ed25519')
  const { x = '' } = publicKey.export({ format: 'jwk' })
  const field = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes])
  const blob = Buffer.concat([field(Buffer.from('ssh-ed25519')), field(Buffer.from(x, 'base64url'))]).toString('base64')
  expect(readPublicKey(`  ssh-ed25519 ${blob} me@there  \n`)).toBe(`ssh-ed25519 ${blob}`)
  for (const wrong of [
    `ssh-rsa ${blob}`,
    `ssh-ed25519 ${blob.slice(0, -4)}`,
    `no-pty ssh-ed25519 ${blob}`,
    `ssh-ed25519 ${blob}\nssh-ed25519 ${blob}`,
    'ssh-dss AAAAB3NzaC1kc3M=',
    '',
  ])
    expect(() => readPublicKey(wrong)).toThrow(expect.objectContaining({ code: 'SYSVM_API_PARAMETER' }))
})

test('whatever is given, what is kept is one line of two words', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string().map((text) => `${pair.publicKey}${text}`),
      ),
      (given) => {
        try {
          expect(readPublicKey(given)).toMatch(/^[a-z0-9@.-]+ [A-Za-z0-9+/=]+$/)
        } catch (error) {
          expect(error).toMatchObject({ code: 'SYSVM_API_PARAMETER' })
        }
      },
    ),
  )
})
