import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto'
import { isIPv4 } from 'node:net'
import { promisify } from 'node:util'
import { bits, der, NULL, octets, oid, sequence, set, TRUE, time, unsigned, utf8 } from './der.ts'

/** Both in PEM; the key in PKCS #8. */
export interface Issued {
  readonly certificate: string
  readonly privateKey: string
}

/** RSA, because Windows' own client takes servers with nothing else without being told. */
export const newKey = async (): Promise<KeyObject> =>
  (await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })).privateKey

const pem = (certificate: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${certificate
    .toString('base64')
    .replaceAll(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`

const nameOf = (common: string): Buffer => sequence(set(sequence(oid('2.5.4.3'), utf8(common))))

const sha256WithRsa = sequence(oid('1.2.840.113549.1.1.11'), NULL)

const extension = (id: string, critical: boolean, value: Buffer): Buffer =>
  sequence(oid(id), ...(critical ? [TRUE] : []), octets(value))

/** Names a key: 20 bytes of its SHA-256, as RFC 7093 has it. */
const keyIdOf = (spki: Buffer): Buffer => createHash('sha256').update(spki).digest().subarray(0, 20)

const usage = (byte: number, unused: number): Buffer => extension('2.5.29.15', true, bits(Buffer.from([byte]), unused))

interface Wish {
  readonly subject: string
  readonly days: number
  readonly now: Date
  readonly key: KeyObject
  readonly issuer: { readonly name: string; readonly key: KeyObject }
  readonly extensions: readonly Buffer[]
}

const DAY_MS = 86_400_000
/** Clocks of clients that are a little behind take a new certificate all the same. */
const BACKDATED_MS = 3_600_000

/** A certificate of version 3 (RFC 5280, 4.1). */
const certificateOf = ({ subject, days, now, key, issuer, extensions }: Wish): string => {
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' })
  const issuerSpki = createPublicKey(issuer.key).export({ type: 'spki', format: 'der' })
  const serial = randomBytes(16)
  // Neither nought nor above what 20 bytes hold.
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40
  const body = sequence(
    der(0xa0, unsigned(Buffer.from([2]))),
    unsigned(serial),
    sha256WithRsa,
    nameOf(issuer.name),
    sequence(time(new Date(now.getTime() - BACKDATED_MS)), time(new Date(now.getTime() + days * DAY_MS))),
    nameOf(subject),
    spki,
    der(
      0xa3,
      sequence(
        ...extensions,
        extension('2.5.29.14', false, octets(keyIdOf(spki))),
        extension('2.5.29.35', false, sequence(der(0x80, keyIdOf(issuerSpki)))),
      ),
    ),
  )
  return pem(sequence(body, sha256WithRsa, bits(sign('sha256', body, issuer.key))))
}

const issuedOf = (certificate: string, key: KeyObject): Issued => ({
  certificate,
  privateKey: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
})

/** How a certificate is made, where not as usual. */
interface Making {
  readonly now?: Date
  /** Its own key, made before. */
  readonly key?: KeyObject | undefined
}

/** Twenty years: what clients were given once they keep. */
const AUTHORITY_DAYS = 7300

/** A new authority that signs servers and no other authorities. `name`: its common name, up to 64 characters. */
export const newAuthority = async (name: string, { now = new Date(), key: own }: Making = {}): Promise<Issued> => {
  const key = own ?? (await newKey())
  const extensions = [extension('2.5.29.19', true, sequence(TRUE, unsigned(Buffer.from([0])))), usage(0b0000_0110, 1)]
  const wish = { subject: name, days: AUTHORITY_DAYS, now, key, issuer: { name, key }, extensions }
  return issuedOf(certificateOf(wish), key)
}

const alternative = (name: string): Buffer =>
  isIPv4(name) ? der(0x87, Buffer.from(name.split('.').map(Number))) : der(0x82, Buffer.from(name, 'latin1'))

/** As long as Apple's clients take one. */
const SERVER_DAYS = 390

const SERVER_AUTH = '1.3.6.1.5.5.7.3.1'
/** "IKE intermediate", which older clients of Apple ask for. */
const IKE_INTERMEDIATE = '1.3.6.1.5.5.8.2.2'

/** A new key and the authority's certificate of it for a server that clients reach by these names or IPv4 addresses. */
export const issueServer = async (
  authority: Issued,
  names: readonly [string, ...string[]],
  { now = new Date(), key: own }: Making = {},
): Promise<Issued> => {
  const key = own ?? (await newKey())
  const issuer = new X509Certificate(authority.certificate).subject.replace(/^CN=/, '')
  const extensions = [
    extension('2.5.29.19', true, sequence()),
    usage(0b1010_0000, 5),
    extension('2.5.29.37', false, sequence(oid(SERVER_AUTH), oid(IKE_INTERMEDIATE))),
    extension('2.5.29.17', false, sequence(...names.map(alternative))),
  ]
  const signer = { name: issuer, key: createPrivateKey(authority.privateKey) }
  return issuedOf(certificateOf({ subject: names[0], days: SERVER_DAYS, now, key, issuer: signer, extensions }), key)
}
