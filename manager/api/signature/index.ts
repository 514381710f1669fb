import { createHmac, timingSafeEqual } from 'node:crypto'
import { canonicalTexts, type Pair } from './canonical.ts'

export type { Pair } from './canonical.ts'

/** Base64 of the HMAC-SHA1 of a text: 20 bytes. */
const BASE64_SHA1 = /^[A-Za-z0-9+/]{27}=$/

export const sign = (secret: string, text: string): string => createHmac('sha1', secret).update(text).digest('base64')

/**
 * Names stand in the signed text as they are: one with `=` or `&` in it could be read as several parameters, so that
 * another request would have the same signature.
 */
const isAmbiguous = ([name]: Pair): boolean => /[=&]/.test(name)

/** Whether the signature is that of the parameters by this secret; every spelling is compared, in constant time. */
export const isSigned = (pairs: readonly Pair[], secret: string, signature: string): boolean => {
  if (!BASE64_SHA1.test(signature) || pairs.some(isAmbiguous)) return false
  const given = Buffer.from(signature)
  return canonicalTexts(pairs).filter((text) => timingSafeEqual(Buffer.from(sign(secret, text)), given)).length > 0
}

/** ISO 8601 with a zone, as `2026-11-20T10:00:00+0000`. */
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:?\d{2})$/

/**
 * Why the request's time is over, or undefined. Signatures of version 3 expire; others have no end, and what they say
 * of one is only text, as with CloudStack.
 */
export const expiryProblem = (
  version: string | undefined,
  expires: string | undefined,
  now: Date,
): string | undefined => {
  if (version !== '3') return undefined
  if (expires === undefined || expires === '') return 'signatureVersion 3 needs the parameter expires'
  // Where a + was not encoded, a space arrived.
  const moment = expires.replace(/ (?=\d{2}:?\d{2}$)/, '+')
  const time = MOMENT.test(moment) ? Date.parse(moment) : Number.NaN
  if (Number.isNaN(time)) return 'expires is not a time such as 2026-11-20T10:00:00+0000'
  return time < now.getTime() ? 'it has expired' : undefined
}
