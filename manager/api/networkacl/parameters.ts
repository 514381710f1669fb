import { z } from 'zod'
import { cidrs, transport } from '../firewall/parameters.ts'
import * as p from '../parameter.ts'

const names: readonly string[] = ['tcp', 'udp', 'icmp', 'all']
const numbers: Readonly<Record<string, string>> = { '1': 'icmp', '6': 'tcp', '17': 'udp' }

/** A name, or the number of a protocol; those that have a name here get it. */
export const protocol = (description: string): p.Parameter<string, false> => ({
  type: 'string',
  description,
  required: false,
  length: 4,
  schema: z
    .string()
    .transform((text) => numbers[text] ?? text.toLowerCase())
    .refine((text) => names.includes(text) || (/^(0|[1-9]\d{0,2})$/.test(text) && Number(text) <= 255), {
      error: `is not one of ${names.join(', ')}, nor a number from 0 to 255`,
    }),
})

/** What making and changing an item have in common. */
export const item = {
  action: p.choice('Allow or Deny; default Allow.', ['Allow', 'Deny']),
  traffictype: p.choice('Ingress: to the guests. Egress: from them. Default Ingress.', ['Ingress', 'Egress']),
  number: p.integer('Its place: the smallest number that matches decides. Default: the last.', 1),
  cidrlist: p.orLeft(cidrs('Networks of the other side; default 0.0.0.0/0 and ::/0.', [4, 6])),
  reason: p.text('Why it is there, for people.', 2500),
  ...transport,
}

/** Everything, in both families. */
export const anywhere: readonly string[] = ['0.0.0.0/0', '::/0']
