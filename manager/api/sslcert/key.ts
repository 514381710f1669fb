import { createPrivateKey, type KeyObject } from 'node:crypto'
import { badParameter, pemBlocks } from './pem.ts'

const CURVES: readonly (string | undefined)[] = ['prime256v1', 'secp384r1', 'secp521r1']
/** OpenSSL's security level 2, which the appliance runs at: 112 bits. */
const LEAST_RSA_BITS = 2048
const MOST_RSA_BITS = 8192

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''

const open = (pem: string, password: string | undefined): KeyObject => {
  try {
    return createPrivateKey({ key: pem, passphrase: password ?? '' })
  } catch (cause) {
    const locked = /BEGIN ENCRYPTED PRIVATE KEY|Proc-Type: 4,ENCRYPTED/.test(pem)
    if (!locked) throw badParameter('privatekey', 'it is no private key that can be read.', cause)
    if (password === undefined || codeOf(cause) === 'ERR_MISSING_PASSPHRASE')
      throw badParameter('privatekey', 'it is encrypted: give password too.', cause)
    throw badParameter('password', 'it does not open the private key.', cause)
  }
}

/** Throws a sentence when the appliance's OpenSSL would refuse a key of this kind or size. */
export const checkStrength = (parameter: string, key: KeyObject): void => {
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {}
  if (key.asymmetricKeyType === 'rsa') {
    if (modulusLength < LEAST_RSA_BITS || modulusLength > MOST_RSA_BITS)
      throw badParameter(
        parameter,
        `an RSA key of ${modulusLength} bits is not taken: make one of ${LEAST_RSA_BITS} to ${MOST_RSA_BITS}.`,
      )
  } else if (key.asymmetricKeyType === 'ec') {
    if (!CURVES.includes(namedCurve))
      throw badParameter(parameter, `the curve ${namedCurve} is not taken: use one of ${CURVES.join(', ')}.`)
  } else if (key.asymmetricKeyType !== 'ed25519')
    throw badParameter(parameter, `a key of type ${key.asymmetricKeyType} is not taken: use RSA, EC or Ed25519.`)
}

/** The key, opened with its password. Throws a sentence without any of it. */
export const readPrivateKey = (text: string, password: string | undefined): KeyObject => {
  const [pem = '', ...more] = pemBlocks('privatekey', text, /PRIVATE KEY$/, 'private key')
  if (more.length > 0) throw badParameter('privatekey', 'it has several keys: give the one of the certificate.')
  const key = open(pem, password)
  checkStrength('privatekey', key)
  return key
}
