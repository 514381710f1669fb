import { type Chain, firstMatchList } from 'node-iptables'
import { type Parts, toFirstMatch } from './list.ts'
import type { FirewallSpec } from './spec.ts'

const verdicts = { allow: 'ACCEPT', deny: 'DROP' } as const

/** The rules of all addresses as one list: those of two addresses never match the same packet. */
export const publicRules = ({ addresses }: FirewallSpec) =>
  addresses.flatMap(({ address, rules }) =>
    rules.map((rule) => toFirstMatch({ ...rule, destinations: [`${address}/32`] }, verdicts)),
  )

/**
 * Decides what comes in before any translation, on the address and port that the client used. From whatever side: a
 * guest that goes by a public address is a client like others. With `services`, those of the router are asked first.
 */
export const publicParts = (spec: FirewallSpec, services: boolean): Parts => {
  const { addresses } = spec
  if (addresses.length === 0) return { maps: [], sets: [], chains: [] }
  const { chain, maps, sets, chains } = firstMatchList('public', publicRules(spec))
  const decide: Chain = {
    name: 'public',
    hook: { type: 'filter', at: 'prerouting', priority: 'mangle' },
    rules: [
      { state: ['established', 'related'], jump: 'ACCEPT' },
      { destination: { notSet: 'public_addresses' }, jump: 'ACCEPT' },
      ...(services ? [{ jump: { target: 'JUMP', chain: 'public_services' } } as const] : []),
      // The addresses are IPv4 ones, and the line above is about IPv4 only; IPv6 is decided where it is forwarded.
      { source: '::/0', jump: 'ACCEPT' },
      ...chain.rules,
      { counter: 'ingress_dropped', jump: 'DROP' },
    ],
  }
  const governed = {
    name: 'public_addresses',
    key: ['ipv4_addr'],
    elements: addresses.map(({ address }) => address),
  } as const
  return { maps, sets: [governed, ...sets], chains: [...chains, decide] }
}
