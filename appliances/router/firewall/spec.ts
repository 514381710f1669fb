import { z } from 'zod'

/** The baseline: what is dropped and allowed follows from the interfaces' roles. */
export const FirewallSpec = z.strictObject({
  /** What guests may send out when no rule says otherwise. */
  egress: z.enum(['allow', 'deny']).default('allow'),
})
export type FirewallSpec = z.infer<typeof FirewallSpec>
