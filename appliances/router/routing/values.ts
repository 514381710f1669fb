import { z } from 'zod'

/** A number of an autonomous system, 16 or 32 bits (RFC 6793); 0, 23456 and the last one are reserved. */
export const Asn = z
  .int()
  .min(1)
  .max(4_294_967_294)
  .refine((asn) => asn !== 23_456 && asn !== 65_535, { error: 'is reserved (RFC 7607, RFC 6793, RFC 7300)' })

/** What TCP MD5 takes, and nothing that FRR's configuration reads as more: no space, quote, backslash or `?`. */
export const BGP_PASSWORD = /^[A-Za-z0-9#$%&()*+,./:;<=>@[\]^_`{|}~-][A-Za-z0-9!#$%&()*+,./:;<=>@[\]^_`{|}~-]{0,79}$/
export const BgpPassword = z
  .string()
  .regex(BGP_PASSWORD, 'is not a password of 1 to 80 letters, digits and punctuation without space, quote and ?')
