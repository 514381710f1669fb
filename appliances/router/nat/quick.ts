import { isIPv4 } from 'node:net'
import { z } from 'zod'
import { RULE_ID } from './id.ts'
import type { PortForward } from './spec.ts'

const KEYS = new Set(['id', 'address', 'protocol', 'port', 'endPort', 'guest', 'guestPort'])

const isPort = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535

/** Few addresses are in many rules. */
const addressCheck = (): ((value: unknown) => boolean) => {
  const known = new Set<string>()
  return (value) => {
    if (typeof value !== 'string') return false
    if (known.has(value)) return true
    const fits = isIPv4(value)
    if (fits) known.add(value)
    return fits
  }
}

/**
 * Whether these are wholly plain port forwards, as the schema has them. A hundred thousand are checked in the time in
 * which the schema checks a few thousand; what this does not know, such as `sources`, is left to the schema.
 */
export const arePortForwards = (value: unknown): value is PortForward[] => {
  if (!Array.isArray(value)) return false
  const isAddress = addressCheck()
  for (const entry of value as readonly unknown[]) {
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return false
    const { id, address, protocol, port, endPort, guest, guestPort } = entry as Record<string, unknown>
    if (!isPort(port) || !isAddress(address) || !isAddress(guest)) return false
    if (protocol !== 'tcp' && protocol !== 'udp') return false
    if (id !== undefined && (typeof id !== 'string' || !RULE_ID.test(id))) return false
    if ((endPort !== undefined && !isPort(endPort)) || (guestPort !== undefined && !isPort(guestPort))) return false
    for (const key in entry) if (!KEYS.has(key)) return false
  }
  return true
}

/** The schema, asked only where the quick check does not say yes: it names what is wrong. */
export const quickly = <T>(schema: z.ZodType<T>, fits: (value: unknown) => value is T): z.ZodType<T> =>
  z.custom<T>().superRefine((value, context) => {
    if (fits(value)) return
    const parsed = schema.safeParse(value)
    for (const { path, message } of parsed.error?.issues ?? [])
      context.addIssue({ code: 'custom', path: [...path], message })
  })
