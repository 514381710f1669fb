import { Ip } from '@sysvm/agent/spec'
import { z } from 'zod'

export const AccountingSpec = z.strictObject({
  /** Public addresses, counted as they are outside: before and after translation. */
  addresses: z.array(Ip).default([]),
  /** Guests' addresses; what goes through the router is counted, also between networks. */
  guests: z.array(Ip).default([]),
})
export type AccountingSpec = z.infer<typeof AccountingSpec>
