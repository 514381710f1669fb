import { Ipv4 } from '@sysvm/agent/spec'
import { z } from 'zod'

export const Instance = z.strictObject({
  /** The guest is known by the address it asks from. */
  address: Ipv4,
  /** Keys below /latest/meta-data/, such as `instance-id`; values are served as they are. */
  data: z.record(z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*(\/[a-z0-9-]+)*$/), z.string()),
  /** Base64; /latest/user-data serves it decoded. Secret. */
  userData: z.base64().optional(),
})

export const MetadataSpec = z.strictObject({
  /** Gateway addresses that answer on port 80; 169.254.169.254 always does. */
  listen: z.array(Ipv4).min(1),
  instances: z.array(Instance),
})
export type MetadataSpec = z.infer<typeof MetadataSpec>
