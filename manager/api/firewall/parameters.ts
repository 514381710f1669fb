import { isIPv4 } from 'node:net'
import { canonical6, parseCidr, parseCidr6 } from '@sysvm/agent/spec'
import { SysvmError } from '@sysvm/errors'
import { z } from 'zod'
import * as p from '../parameter.ts'

type Family = 4 | 6

/** Most networks of one rule: what a request can hold. */
const MOST = 20_000

const prefixOf = (text: string, bits: number): boolean => /^(0|[1-9]\d{0,2})$/.test(text) && Number(text) <= bits

/** The network in its one spelling, or undefined where the text is none. An address alone is a network of one. */
const networkOf = (text: string): { readonly family: Family; readonly cidr: string } | undefined => {
  const [address = '', length, ...rest] = text.split('/')
  if (rest.length > 0) return undefined
  if (isIPv4(address)) {
    if (!prefixOf(length ?? '32', 32)) return undefined
    const { network, prefix } = parseCidr(`${address}/${length ?? 32}`)
    return { family: 4, cidr: `${network}/${prefix}` }
  }
  const six = canonical6(address)
  if (six === undefined || !prefixOf(length ?? '128', 128)) return undefined
  const { network, prefix } = parseCidr6(`${six}/${length ?? 128}`)
  return { family: 6, cidr: `${network}/${prefix}` }
}

const examples: Readonly<Record<Family, string>> = { 4: '10.1.1.0/24', 6: '2001:db8::/64' }

/** Networks of these families in one spelling, none twice; as many as a request holds. */
export const cidrs = (description: string, families: readonly Family[] = [4]): p.Parameter<string[], false> => ({
  type: 'list',
  description,
  required: false,
  length: MOST * 44,
  schema: z
    .string()
    .transform((text, context) => {
      const parts = text.split(',').map((part) => part.trim())
      const all = parts.map((part) => {
        const network = networkOf(part)
        const fits = network !== undefined && families.includes(network.family)
        if (!fits) {
          const like = families.map((family) => examples[family]).join(' or ')
          context.addIssue({ code: 'custom', message: `has an item that is not a network such as ${like}` })
        }
        return network?.cidr ?? ''
      })
      return [...new Set(all)]
    })
    .refine((all) => all.length <= MOST, `has more than ${MOST} items`),
})

export const protocols = ['tcp', 'udp', 'icmp', 'all'] as const

/** What of a packet a rule looks at, besides its addresses. */
export const transport = {
  startport: p.integer('First port, of tcp and udp; default: all.', 0, 65_535),
  endport: p.integer('Last port; default: the first one.', 0, 65_535),
  icmptype: p.integer('ICMP type, of icmp; -1 and default: all.', -1, 255),
  icmpcode: p.integer('ICMP code; -1 and default: all.', -1, 255),
}

interface Given {
  readonly protocol: string
  readonly startport?: number | undefined
  readonly endport?: number | undefined
  readonly icmptype?: number | undefined
  readonly icmpcode?: number | undefined
}

export interface Shape {
  readonly startport: number | null
  readonly endport: number | null
  readonly icmptype: number | null
  readonly icmpcode: number | null
}

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

const checkPorts = ({ protocol, startport, endport }: Given): void => {
  const [name, given] = startport === undefined ? ['endport', endport] : ['startport', startport]
  if (given === undefined) return
  if (protocol !== 'tcp' && protocol !== 'udp')
    throw bad(`Parameter ${name}: ${given} is a port, which only tcp and udp have, not ${protocol}: leave it out.`)
  if (startport === undefined) throw bad('Parameter startport: endport alone is no range: give startport too.')
  if (endport !== undefined && endport < startport)
    throw bad(`Parameter endport: ${endport} comes before startport ${startport}: give the lower one first.`)
}

/** As columns: what is all or not asked for is null. Throws 431 where the parameters do not fit together. */
export const shapeOf = (given: Given): Shape => {
  const { protocol, startport, endport, icmptype = -1, icmpcode = -1 } = given
  checkPorts(given)
  if (protocol !== 'icmp' && (icmptype >= 0 || icmpcode >= 0))
    throw bad(
      `Parameter ${icmptype >= 0 ? 'icmptype' : 'icmpcode'}: only icmp has types and codes, not ${protocol}: leave them out.`,
    )
  if (icmptype < 0 && icmpcode >= 0)
    throw bad(`Parameter icmpcode: ${icmpcode} is a code of some type: give icmptype too.`)
  return {
    startport: startport ?? null,
    endport: endport ?? startport ?? null,
    icmptype: icmptype < 0 ? null : icmptype,
    icmpcode: icmpcode < 0 ? null : icmpcode,
  }
}
