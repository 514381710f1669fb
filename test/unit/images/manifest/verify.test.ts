import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Manifest, verifyImage } from '@sysvm/images/manifest'
import { afterEach, beforeEach, expect, test } from 'vitest'

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
const digest = (text: string) => createHash('sha256').update(text).digest('hex')
const artifact = (file: string) => ({ file, bytes: file.length, sha256: digest(file) })
const manifest: Manifest = {
  version: 1,
  kind: 'guest',
  hash: digest('inputs'),
  created: '2025-08-09T00:00:00.000Z',
  architecture: 'amd64',
  release: 'test',
  rootfsSha256: digest('tar'),
  rootfsBytes: 1,
  artifacts: {
    rootfs: artifact('rootfs.tar.zst'),
    disk: artifact('disk.qcow2'),
    kernel: artifact('vmlinuz'),
    initrd: artifact('initrd.img'),
    sbom: artifact('sbom.json'),
  },
  kernelArguments: [],
  packages: [],
  inputs: {},
  tools: {},
  verification: {},
}

let folder = ''
const write = (content: unknown): void => {
  const text = JSON.stringify(content)
  writeFileSync(join(folder, 'manifest.json'), text)
  writeFileSync(join(folder, 'manifest.json.sig'), sign(null, Buffer.from(text), privateKey).toString('base64'))
}
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'img-verify-'))
  for (const { file } of Object.values(manifest.artifacts)) writeFileSync(join(folder, file), file)
  write(manifest)
})
afterEach(() => rmSync(folder, { recursive: true }))

test('a whole image is accepted', async () => {
  expect(await verifyImage(folder, pem)).toEqual(manifest)
})

test('a key that did not sign, or is none, is told apart from damage', async () => {
  const other = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString()
  await expect(verifyImage(folder, other)).rejects.toMatchObject({ code: 'SYSVM_IMAGE_SIGNATURE' })
  await expect(verifyImage(folder, 'no key')).rejects.toMatchObject({ code: 'SYSVM_IMAGE_SIGNATURE' })
})

test('a file of the right size with other content is refused and named', async () => {
  writeFileSync(join(folder, 'vmlinuz'), 'vmlinux')
  await expect(verifyImage(folder, pem)).rejects.toMatchObject({
    code: 'SYSVM_IMAGE_INVALID',
    message: expect.stringContaining('vmlinuz'),
  })
})

test('a signed manifest that this version does not read is refused', async () => {
  write({ ...manifest, version: 2 })
  await expect(verifyImage(folder, pem)).rejects.toMatchObject({ code: 'SYSVM_IMAGE_INVALID' })
})

test('an artifact outside its folder cannot be named', async () => {
  write({
    ...manifest,
    artifacts: { ...manifest.artifacts, kernel: { ...manifest.artifacts.kernel, file: '../vmlinuz' } },
  })
  await expect(verifyImage(folder, pem)).rejects.toMatchObject({ code: 'SYSVM_IMAGE_INVALID' })
})
