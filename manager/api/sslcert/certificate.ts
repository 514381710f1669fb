import { X509Certificate } from 'node:crypto'
import { checkStrength, readPrivateKey } from './key.ts'
import { badParameter, pemBlocks } from './pem.ts'

/** Certificates of a chain, the root included. */
const LONGEST_CHAIN = 10
/** The router's own limit of a certificate with its chain, which its spec has too. */
const LONGEST_PEM = 100_000
/** Signatures that OpenSSL refuses at the appliance's security level. */
const WEAK = /md2|md4|md5|sha1\b|sha1with/i

export interface Upload {
  readonly certificate: string
  readonly certchain?: string | undefined
  readonly privatekey: string
  readonly password?: string | undefined
}

/** A certificate with all that serves it, in one spelling. */
export interface Certificate {
  readonly certificate: string
  /** Issuers from the certificate's own upwards; null when there are none. */
  readonly chain: string | null
  /** PKCS #8 in PEM, not encrypted. */
  readonly privateKey: string
  readonly fingerprint: string
  readonly names: readonly string[]
  readonly expires: Date
}

const parse = (parameter: string, pem: string): X509Certificate => {
  try {
    return new X509Certificate(pem)
  } catch (cause) {
    throw badParameter(parameter, 'a certificate in it cannot be read.', cause)
  }
}

const isSelfSigned = (certificate: X509Certificate): boolean =>
  certificate.subject === certificate.issuer && certificate.verify(certificate.publicKey)

const checkUsable = (parameter: string, certificate: X509Certificate, now: Date): void => {
  const whose = certificate.subject.replaceAll('\n', ', ')
  if (certificate.validToDate < now)
    throw badParameter(parameter, `${whose} expired on ${certificate.validToDate.toISOString()}: renew it.`)
  if (certificate.validFromDate > now)
    throw badParameter(parameter, `${whose} is valid only from ${certificate.validFromDate.toISOString()}.`)
  if (!isSelfSigned(certificate) && WEAK.test(certificate.signatureAlgorithm ?? ''))
    throw badParameter(parameter, `${whose} is signed with ${certificate.signatureAlgorithm}, which is too weak.`)
  // The router's haproxy loads no issuer with a key that is too short, and with it none of its rules.
  checkStrength(parameter, certificate.publicKey)
}

const issued = (issuer: X509Certificate, certificate: X509Certificate): boolean =>
  certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)

/** The chain from the leaf upwards, whatever order it came in; one that does not belong to it is refused. */
const orderChain = (leaf: X509Certificate, given: readonly X509Certificate[]): readonly X509Certificate[] => {
  const left = [...given]
  const chain: X509Certificate[] = []
  for (let last = leaf; left.length > 0; ) {
    const index = left.findIndex((one) => issued(one, last))
    if (index < 0)
      throw badParameter(
        'certchain',
        `${left[0]?.subject.replaceAll('\n', ', ')} did not issue ${last.subject.replaceAll('\n', ', ')}: give the chain of this certificate and nothing else.`,
      )
    const [next] = left.splice(index, 1) as [X509Certificate]
    chain.push(next)
    last = next
  }
  return chain
}

/** `DNS:a.example, IP Address:192.0.2.1`; of a certificate without such names the common name of its subject. */
const namesOf = (certificate: X509Certificate): readonly string[] => {
  const names = [...(certificate.subjectAltName ?? '').matchAll(/(?:DNS|IP Address):([A-Za-z0-9.:*_-]+)/g)]
  if (names.length > 0) return names.map(([, name = '']) => name.toLowerCase())
  const [, common] = /^CN=([A-Za-z0-9.*_-]+)$/m.exec(certificate.subject) ?? []
  return common === undefined ? [] : [common.toLowerCase()]
}

/**
 * Checks an upload: one certificate, the key that belongs to it, a chain that leads up from it, all in force and strong
 * enough for the appliance to serve. Throws SYSVM_API_PARAMETER, which names the parameter and shows no secret.
 */
export const readCertificate = (upload: Upload, now = new Date()): Certificate => {
  const [pem = '', ...more] = pemBlocks('certificate', upload.certificate, /^CERTIFICATE$/, 'certificate')
  if (more.length > 0)
    throw badParameter('certificate', 'it has several certificates: put all but the first into certchain.')
  const leaf = parse('certificate', pem)
  const links =
    upload.certchain === undefined || upload.certchain.trim() === ''
      ? []
      : pemBlocks('certchain', upload.certchain, /^CERTIFICATE$/, 'certificate').map((one) => parse('certchain', one))
  if (links.length > LONGEST_CHAIN) throw badParameter('certchain', `it has more than ${LONGEST_CHAIN} certificates.`)
  const key = readPrivateKey(upload.privatekey, upload.password)
  if (!leaf.checkPrivateKey(key))
    throw badParameter('privatekey', 'it is not the key of the certificate: give the one it was made with.')
  checkUsable('certificate', leaf, now)
  for (const link of links) checkUsable('certchain', link, now)
  const chain = orderChain(leaf, links)
    .map((one) => one.toString())
    .join('')
  const certificate = leaf.toString()
  if (certificate.length + chain.length > LONGEST_PEM)
    throw badParameter('certchain', `with the certificate it has more than ${LONGEST_PEM} characters.`)
  return {
    certificate,
    chain: chain === '' ? null : chain,
    privateKey: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    fingerprint: leaf.fingerprint256,
    names: namesOf(leaf),
    expires: leaf.validToDate,
  }
}
