import { Ipv4 } from '@sysvm/agent/spec'
import { z } from 'zod'

/** What the protocol itself says, so that no password can be it. */
export const PROTOCOL_WORDS = ['saved_password', 'bad_request'] as const

/** A password that its guest may fetch once. */
export const Password = z.strictObject({
  /** Another one for every password that was set: what was served under an id is never served again. */
  id: z.uuid(),
  /** Printable ASCII without blanks. Secret. */
  value: z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, 'is not of 1 to 255 printable characters')
    .refine((text) => !PROTOCOL_WORDS.some((word) => word === text), 'is a word of the protocol'),
})

export const Instance = z.strictObject({
  /** The guest is known by the address it asks from. */
  address: Ipv4,
  /** Keys below /latest/meta-data/, such as `instance-id`; values are served as they are. */
  data: z.record(z.string().regex(/^[A-Za-z0-9]+([_-][A-Za-z0-9]+)*(\/[A-Za-z0-9_-]+)*$/), z.string()),
  /** Base64; /latest/user-data serves it decoded. Secret. */
  userData: z.base64().optional(),
  password: Password.optional(),
})

export const MetadataSpec = z.strictObject({
  /** Gateway addresses that answer on port 80 and, for passwords, on 8080; 169.254.169.254 always does. */
  listen: z.array(Ipv4).min(1),
  instances: z.array(Instance),
})
export type MetadataSpec = z.infer<typeof MetadataSpec>
