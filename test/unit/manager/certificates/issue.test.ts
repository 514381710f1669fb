import { execFile } from 'node:child_process'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Issued, issueServer, newAuthority } from '@sysvm/manager/certificates/issue'
import { afterAll, beforeAll, expect, test } from 'vitest'

const run = promisify(execFile)
const NOW = new Date('2026-11-21T20:00:00Z')

let folder: string
let authority: Issued
let server: Issued
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sysvm-issue-'))
  authority = await newAuthority('VPN of cloud', { now: NOW })
  server = await issueServer(authority, ['203.0.113.10', 'vpn.example'], { now: NOW })
  await writeFile(join(folder, 'ca.pem'), authority.certificate)
  await writeFile(join(folder, 'server.pem'), server.certificate)
})
afterAll(() => rm(folder, { recursive: true }))

const openssl = async (...argv: readonly string[]): Promise<string> =>
  (await run('openssl', [...argv], { cwd: folder })).stdout

test('OpenSSL takes the server for its address, by the strict rules, and for no other', async () => {
  const at = `${NOW.getTime() / 1000 + 60}`
  const verify = ['verify', '-x509_strict', '-attime', at, '-purpose', 'sslserver', '-CAfile', 'ca.pem']
  expect(await openssl(...verify, '-verify_ip', '203.0.113.10', 'server.pem')).toBe('server.pem: OK\n')
  expect(await openssl(...verify, '-verify_hostname', 'vpn.example', 'server.pem')).toBe('server.pem: OK\n')
  await expect(openssl(...verify, '-verify_ip', '203.0.113.11', 'server.pem')).rejects.toThrow(/IP address mismatch/)
})

test('says what the server is and until when', async () => {
  const certificate = new X509Certificate(server.certificate)
  expect(certificate.subject).toBe('CN=203.0.113.10')
  expect(certificate.issuer).toBe('CN=VPN of cloud')
  expect(certificate.ca).toBe(false)
  expect(certificate.subjectAltName).toBe('IP Address:203.0.113.10, DNS:vpn.example')
  expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.8.2.2'])
  expect(certificate.validFromDate).toEqual(new Date('2026-11-21T19:00:00Z'))
  expect(certificate.validToDate).toEqual(new Date('2027-12-16T20:00:00Z'))
  expect(certificate.checkPrivateKey(createPrivateKey(server.privateKey))).toBe(true)
  expect(await openssl('x509', '-in', 'server.pem', '-noout', '-ext', 'keyUsage')).toBe(
    'X509v3 Key Usage: critical\n    Digital Signature, Key Encipherment\n',
  )
})

test('an authority signs servers only, for twenty years', async () => {
  const certificate = new X509Certificate(authority.certificate)
  expect(certificate.ca).toBe(true)
  expect(certificate.verify(certificate.publicKey)).toBe(true)
  expect(certificate.validToDate).toEqual(new Date('2046-11-16T20:00:00Z'))
  expect(await openssl('x509', '-in', 'ca.pem', '-noout', '-ext', 'keyUsage,basicConstraints')).toBe(
    'X509v3 Basic Constraints: critical\n    CA:TRUE, pathlen:0\nX509v3 Key Usage: critical\n    Certificate Sign, CRL Sign\n',
  )
})

test('two servers of one authority share neither key nor number', async () => {
  const other = await issueServer(authority, ['203.0.113.10'], { now: NOW })
  const [one, two] = [new X509Certificate(server.certificate), new X509Certificate(other.certificate)]
  expect(one.serialNumber).not.toBe(two.serialNumber)
  expect(one.publicKey.equals(two.publicKey)).toBe(false)
  expect(one.checkIssued(new X509Certificate(authority.certificate))).toBe(true)
})

test('a certificate that holds into 2050 and beyond is read as such', async () => {
  const late = await newAuthority('late', { now: new Date('2040-01-01T00:00:00Z') })
  expect(new X509Certificate(late.certificate).validToDate).toEqual(new Date('2059-12-27T00:00:00Z'))
})
