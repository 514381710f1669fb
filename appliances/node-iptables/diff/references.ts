import type { Chain, Rule } from '../model.ts'

const matchers = (rule: Rule): readonly unknown[] => [
  rule.in,
  rule.out,
  rule.sourceMac,
  rule.source,
  rule.destination,
  rule.protocol,
  rule.sourcePort,
  rule.destinationPort,
  rule.mark,
  rule.connectionMark,
]

const setOf = (matcher: unknown): readonly string[] => {
  if (typeof matcher !== 'object' || matcher === null) return []
  const { set, notSet } = matcher as { readonly set?: unknown; readonly notSet?: unknown }
  return [set, notSet].filter((name) => typeof name === 'string')
}

const ofJump = (jump: Rule['jump']): readonly string[] => {
  if (jump === undefined || typeof jump === 'string') return []
  switch (jump.target) {
    case 'JUMP':
    case 'GOTO':
      return [`chain ${jump.chain}`]
    case 'LOOKUP':
      return [`object ${jump.map}`]
    case 'MARK':
      return 'map' in jump ? [`object ${jump.map}`] : []
    case 'DNAT':
    case 'SNAT':
      return 'map' in jump.to ? [`object ${jump.to.map}`] : []
    default:
      return []
  }
}

/** What the rules of a chain hold on to: `object NAME` for sets and maps, `chain NAME`, `counter NAME`. */
export const referencesOf = (chain: Chain): ReadonlySet<string> =>
  new Set(
    chain.rules.flatMap((rule) => [
      ...matchers(rule)
        .flatMap(setOf)
        .map((name) => `object ${name}`),
      ...(rule.lookup === undefined ? [] : [`object ${rule.lookup.set}`]),
      ...(typeof rule.counter === 'string' ? [`counter ${rule.counter}`] : []),
      ...ofJump(rule.jump),
    ]),
  )

/** Whether a rule of the chain is another program's, so that nobody knows what it holds on to. */
export const isOpaque = (chain: Chain): boolean => chain.rules.some((rule) => rule.foreign !== undefined)
