import { parseCidr, type SpecEnvelope, toNumber } from '@sysvm/agent/spec'
import type { NamedSet } from 'node-iptables'
import { outermost } from './nat/covers.ts'
import { CONTROL_NETWORK, hasAddress, interfacesOf, networkOf, refuse } from './whole.ts'

/** Addresses that clients of a VPN get, both ends included, are nobody else's. `others`: networks beside the router's own. */
export const checkPool = (
  what: string,
  { first, last }: { readonly first: string; readonly last: string },
  others: readonly string[],
  whole: SpecEnvelope,
): void => {
  const [from, to] = [toNumber(first), toNumber(last)]
  if (to < from) throw refuse(`The pool of ${what} ends at ${last}, before ${first}`)
  const own = interfacesOf(whole).flatMap(({ addresses }) => addresses.map((cidr) => networkOf(cidr)))
  for (const cidr of [CONTROL_NETWORK, ...own, ...others]) {
    const network = parseCidr(cidr)
    if (from <= network.last && to >= network.first)
      throw refuse(`The pool of ${what}, ${first}-${last}, overlaps ${cidr}`)
  }
}

/** Networks on one side of a VPN, as a set of the ruleset. */
export const networkSet = (name: string, subnets: readonly string[]): NamedSet => ({
  name,
  key: ['ipv4_addr'],
  interval: true,
  elements: outermost(subnets),
})

/** Of the name servers that clients of a VPN are told those that are the router itself. */
export const ownServers = (dns: readonly string[], whole: SpecEnvelope): string[] =>
  dns.filter((server) => interfacesOf(whole, 'guest').some((nic) => hasAddress(nic, server)))
