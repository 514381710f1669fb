import { isIPv4 } from 'node:net'
import { Cidr4 } from '@sysvm/agent/spec'
import { sharedEnds } from '@sysvm/agent/spec/difference'
import { z } from 'zod'
import { RULE_ID } from './id.ts'
import type { PortForward } from './spec.ts'

const KEYS = new Set(['id', 'address', 'protocol', 'port', 'endPort', 'guest', 'guestPort', 'sources'])

const isPort = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535

/** Few texts are in many rules. */
const remembering = (fits: (text: string) => boolean): ((value: unknown) => boolean) => {
  const known = new Set<string>()
  return (value) => {
    if (typeof value !== 'string') return false
    if (known.has(value)) return true
    const yes = fits(value)
    if (yes) known.add(value)
    return yes
  }
}

const forwardCheck = (): ((entry: unknown) => boolean) => {
  const isAddress = remembering(isIPv4)
  const isNetwork = remembering((text) => Cidr4.safeParse(text).success)
  return (entry) => {
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return false
    const { id, address, protocol, port, endPort, guest, guestPort, sources } = entry as Record<string, unknown>
    if (!isPort(port) || !isAddress(address) || !isAddress(guest)) return false
    if (protocol !== 'tcp' && protocol !== 'udp') return false
    if (id !== undefined && (typeof id !== 'string' || !RULE_ID.test(id))) return false
    if ((endPort !== undefined && !isPort(endPort)) || (guestPort !== undefined && !isPort(guestPort))) return false
    if (sources !== undefined && (!Array.isArray(sources) || sources.length === 0 || !sources.every(isNetwork)))
      return false
    for (const key in entry) if (!KEYS.has(key)) return false
    return true
  }
}

/** What fitted last: mostly the next list is that one with a few items changed. */
let fitted = new WeakRef<readonly unknown[]>([])

/**
 * Whether these are wholly port forwards, as the schema has them. A hundred thousand are checked in the time in which the
 * schema checks a few thousand; of a list made from one that fitted, only what is not that one's own.
 */
export const arePortForwards = (value: unknown): value is PortForward[] => {
  if (!Array.isArray(value)) return false
  const fits = forwardCheck()
  const { head, tail } = sharedEnds(fitted.deref() ?? [], value)
  for (let index = head; index < value.length - tail; index++) if (!fits(value[index])) return false
  fitted = new WeakRef(value)
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
