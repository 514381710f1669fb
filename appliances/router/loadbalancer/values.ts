import { z } from 'zod'

/** Name of a rule, a member or a certificate; haproxy's own names are made of it. */
export const Id = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,79}$/, 'is not an id of letters, digits, dots and hyphens')

/** RFC 6265 token, without what haproxy or a shell could read as more. */
export const CookieName = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,64}$/, 'is not a cookie name of letters, digits, dots, hyphens and underscores')

/** RFC 6265 domain-value; a leading dot is allowed, as in Netscape's cookies. */
export const CookieDomain = z
  .string()
  .max(253)
  .regex(
    /^\.?[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/,
    'is not a domain such as example.org',
  )

/** RFC 3986 path with an optional query: no spaces, quotes, `#`, backslashes or line breaks. */
export const HealthPath = z
  .string()
  .max(1024)
  .regex(/^\/[A-Za-z0-9._~!$&()*+,;=:@/?%-]*$/, 'is not a path such as /health')

/** `200`, `200-399`, `200-299,401`. */
export const StatusCodes = z
  .string()
  .max(200)
  .regex(/^[1-5]\d\d(-[1-5]\d\d)?(,[1-5]\d\d(-[1-5]\d\d)?)*$/, 'is not a list of status codes such as 200-299,401')

/** A password; every printable character of ASCII. */
export const Secret = z.string().regex(/^[\x21-\x7e]{1,128}$/, 'is not a password of 1 to 128 printable characters')

const block = (labels: string): string =>
  `-----BEGIN (${labels})-----\\n(?:[A-Za-z0-9+/=]{1,76}\\n)+-----END \\1-----\\n?`

/** PEM blocks of certificates (RFC 7468), nothing between them, lines ended by LF. */
export const CertificateText = z
  .string()
  .max(100_000)
  .regex(new RegExp(`^(?:${block('CERTIFICATE')})+$`), 'is not one or more certificates in PEM')

/** One PEM block of a private key without a passphrase, lines ended by LF. */
export const PrivateKeyText = z
  .string()
  .max(20_000)
  .regex(
    new RegExp(`^${block('PRIVATE KEY|RSA PRIVATE KEY|EC PRIVATE KEY')}$`),
    'is not a private key in PEM without a passphrase',
  )
