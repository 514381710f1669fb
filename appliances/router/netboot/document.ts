import { z } from 'zod'
import { NetbootGuest } from './spec.ts'

export const GUESTS_FILE = 'netboot/guests.json'
export const HTTP_PORT = 8069
export const TFTP_PORT = 69

/** What the netboot process reads: the spec by address, so that an answer is one lookup. */
export const NetbootDocument = z.strictObject({
  listen: z.array(z.string()),
  guests: z.record(z.string(), NetbootGuest),
})
export type NetbootDocument = z.infer<typeof NetbootDocument>
