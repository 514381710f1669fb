import { z } from 'zod'

export const INSTANCES_FILE = 'metadata/instances.json'

/** What the metadata process reads: the spec by address, so that an answer is one lookup. */
export const MetadataDocument = z.strictObject({
  listen: z.array(z.string()),
  instances: z.record(
    z.string(),
    z.strictObject({
      data: z.record(z.string(), z.string()),
      userData: z.base64().optional(),
      password: z.strictObject({ id: z.string(), value: z.string() }).optional(),
    }),
  ),
})
export type MetadataDocument = z.infer<typeof MetadataDocument>
export type InstanceDocument = MetadataDocument['instances'][string]
