import { SysvmError } from '@sysvm/errors'
import * as p from '../parameter.ts'

/** Name servers of a network's own. */
export const resolvers = {
  dns1: p.ipv4("First name server that its router asks; default: the zone's."),
  dns2: p.ipv4('Second one; needs dns1.'),
  ip6dns1: p.ipv6('First IPv6 name server that guests are told; default: their router.'),
  ip6dns2: p.ipv6('Second one; needs ip6dns1.'),
}

interface Given {
  readonly dns1?: string | undefined
  readonly dns2?: string | undefined
  readonly ip6dns1?: string | undefined
  readonly ip6dns2?: string | undefined
}

export const checkResolvers = ({ dns1, dns2, ip6dns1, ip6dns2 }: Given): void => {
  const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)
  if (dns2 !== undefined && dns1 === undefined) throw bad('Parameter dns2 needs dns1: give both.')
  if (ip6dns2 !== undefined && ip6dns1 === undefined) throw bad('Parameter ip6dns2 needs ip6dns1: give both.')
  if (dns1 !== undefined && dns1 === dns2) throw bad('Parameter dns2: is the same as dns1.')
  if (ip6dns1 !== undefined && ip6dns1 === ip6dns2) throw bad('Parameter ip6dns2: is the same as ip6dns1.')
}
