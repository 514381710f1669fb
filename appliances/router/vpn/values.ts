import { z } from 'zod'

/** Name of a connection: the API's id. charon's own names are made of it. */
export const ConnectionId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/, 'is not an id of letters, digits and hyphens')

/** An IKE identity (RFC 7296, 3.5): an address, a name, or user@name; nothing that strongSwan reads as a pattern. */
export const IKE_IDENTITY = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}(?:@[A-Za-z0-9][A-Za-z0-9._-]{0,126})?$/
export const IkeIdentity = z.string().regex(IKE_IDENTITY, 'is not an address, a name, or user@name')

/** Every printable character of ASCII, spaces inside too. */
export const PRE_SHARED_KEY = /^[\x21-\x7e](?:[\x20-\x7e]{0,254}[\x21-\x7e])?$/
export const PreSharedKey = z.string().regex(PRE_SHARED_KEY, 'is not a key of 1 to 256 printable characters')
