import type { Verdict } from '../model.ts'
import type { FirstMatchRule, Packet } from './model.ts'
import { meets } from './overlap.ts'
import { entryOf } from './region.ts'

const ofPacket = ({ source, destination, ...transport }: Packet): FirstMatchRule => ({
  ...transport,
  source: [source],
  destination: [destination],
  verdict: 'RETURN',
})

/** The place in the list of the rule that decides a packet, as a person reads the list; undefined: none does. */
export const firstMatch = (rules: readonly FirstMatchRule[], packet: Packet): number | undefined => {
  const asked = entryOf(ofPacket(packet), 0)
  const found = rules.findIndex((rule, order) => meets(entryOf(rule, order), asked))
  return found === -1 ? undefined : found
}

/** The same for many packets of one list: rules are read once. */
export const createFirstMatch = (
  rules: readonly FirstMatchRule[],
): ((packet: Packet) => { readonly rule: number; readonly verdict: Verdict } | undefined) => {
  const entries = rules.map(entryOf)
  return (packet) => {
    const asked = entryOf(ofPacket(packet), 0)
    const found = entries.find((entry) => meets(entry, asked))
    return found && { rule: found.order, verdict: found.verdict }
  }
}
