import { readCertificate } from '@sysvm/manager/api/sslcert/certificate'
import { beforeAll, describe, expect, it } from 'vitest'
import { encryptKey, type Issued, issue } from '../../../../lab/certificates.ts'

let root: Issued
let middle: Issued
let leaf: Issued
let other: Issued
beforeAll(async () => {
  root = await issue({ subject: '/CN=Root', isAuthority: true })
  middle = await issue({ subject: '/CN=Middle', isAuthority: true, issuer: root })
  leaf = await issue({
    subject: '/CN=www',
    names: 'DNS:www.sysvm.example,DNS:*.a.example,IP:192.0.2.7',
    issuer: middle,
  })
  other = await issue({ subject: '/CN=solo.example' })
})

const upload = (more: Partial<Parameters<typeof readCertificate>[0]> = {}) => ({
  certificate: leaf.certificate,
  privatekey: leaf.key,
  ...more,
})

describe('an uploaded certificate', () => {
  it('comes in one spelling, its chain in order', () => {
    const certchain = `a comment\r\n${root.certificate}\r\n${middle.certificate}`.replaceAll('\n', '\r\n')
    const read = readCertificate(upload({ certchain }))
    expect(read.certificate).toBe(leaf.certificate)
    expect(read.chain).toBe(middle.certificate + root.certificate)
    expect(read.privateKey).toMatch(/^-----BEGIN PRIVATE KEY-----\n[A-Za-z0-9+/=\n]+-----END PRIVATE KEY-----\n$/)
    expect(read.names).toEqual(['www.sysvm.example', '*.a.example', '192.0.2.7'])
    expect(read.fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/)
  })

  it('may sign itself and be known by its common name', () => {
    expect(readCertificate({ certificate: other.certificate, privatekey: other.key })).toMatchObject({
      chain: null,
      names: ['solo.example'],
    })
  })

  it('may have a key under a password', async () => {
    const privatekey = await encryptKey(leaf.key, 'se:cret')
    expect(readCertificate(upload({ privatekey, password: 'se:cret' })).privateKey).toMatch(/BEGIN PRIVATE KEY/)
    expect(() => readCertificate(upload({ privatekey }))).toThrow(
      'Parameter privatekey: it is encrypted: give password',
    )
    expect(() => readCertificate(upload({ privatekey, password: 'guess' }))).toThrow(
      'Parameter password: it does not open the private key.',
    )
  })

  it.each([
    ['RSA', ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048']],
    ['Ed25519', ['-algorithm', 'ED25519']],
    ['P-384', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384']],
  ])('may have a key of %s', async (_, key) => {
    const { certificate, key: privatekey } = await issue({ subject: '/CN=k', key })
    expect(readCertificate({ certificate, privatekey }).names).toEqual(['k'])
  })

  it('is refused for what the router could not serve', async () => {
    const weak = await issue({ subject: '/CN=w', key: ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:1024'] })
    const curve = await issue({
      subject: '/CN=c',
      key: ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:secp256k1'],
    })
    const sha1 = await issue({ subject: '/CN=s', issuer: root, digest: 'sha1' })
    // haproxy loads no such issuer, and with it none of the router's rules.
    const small = await issue({
      ...{ subject: '/CN=Small', isAuthority: true, issuer: root },
      key: ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:1024'],
    })
    const below = await issue({ subject: '/CN=below', issuer: small })
    const refused = [
      [{ certificate: weak.certificate, privatekey: weak.key }, /RSA key of 1024 bits is not taken/],
      [{ certificate: curve.certificate, privatekey: curve.key }, /curve secp256k1 is not taken/],
      [{ certificate: sha1.certificate, privatekey: sha1.key }, /CN=s is signed with .*sha1.*too weak/i],
      [upload({ privatekey: other.key }), /privatekey: it is not the key of the certificate/],
      [upload({ certificate: 'hello' }), /certificate: it has no certificate in PEM/],
      [upload({ certificate: leaf.certificate + middle.certificate }), /certificate: it has several certificates/],
      [upload({ certificate: leaf.certificate + leaf.key }), /certificate: it has other things than a certificate/],
      [
        upload({ certificate: leaf.certificate.replace(/\n[^\n]+\n/, '\n') }),
        /certificate: a certificate in it cannot/,
      ],
      [upload({ privatekey: leaf.key + other.key }), /privatekey: it has several keys/],
      [
        upload({ privatekey: leaf.key.replace(/\n[^\n]+\n/, '\n') }),
        /privatekey: it is no private key that can be read/,
      ],
      [upload({ certchain: root.certificate }), /certchain: CN=Root did not issue CN=www/],
      [
        upload({ certchain: middle.certificate + other.certificate }),
        /certchain: CN=solo.example did not issue CN=Middle/,
      ],
      [upload({ certchain: leaf.key }), /certchain: it has no certificate/],
      [
        { certificate: below.certificate, privatekey: below.key, certchain: small.certificate },
        /certchain: an RSA key of 1024 bits is not taken/,
      ],
    ] as const
    for (const [given, text] of refused) expect(() => readCertificate(given)).toThrow(text)
  })

  it('is refused outside the time it holds', () => {
    const day = 86_400_000
    expect(() => readCertificate(upload(), new Date(Date.now() + 2 * day))).toThrow(/CN=www expired on/)
    expect(() => readCertificate(upload(), new Date(Date.now() - day))).toThrow(/CN=www is valid only from/)
  })

  it('shows nothing of a key in what it says', () => {
    const [, secret = ''] = leaf.key.split('\n')
    const broken = leaf.key.replace('END', 'DNE')
    const says = (run: () => unknown): string => {
      try {
        run()
      } catch (error) {
        return String(error)
      }
      return ''
    }
    expect(says(() => readCertificate(upload({ privatekey: broken })))).toMatch(/privatekey/)
    expect(says(() => readCertificate(upload({ privatekey: broken })))).not.toContain(secret)
  })
})
