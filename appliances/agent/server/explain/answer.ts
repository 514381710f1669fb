import type { Explanation, ExplanationStep } from '../../api/index.ts'
import type { AnyService, Trace } from '../../service/index.ts'
import type { SpecEnvelope } from '../../spec/index.ts'

const where = (packet: {
  readonly source: string
  readonly destination: string
  readonly destinationPort?: number
}) => {
  const { source, destination, destinationPort: port } = packet
  if (port === undefined) return `from ${source} to ${destination}`
  // RFC 5952, section 6: an IPv6 address with a port is in brackets.
  return `from ${source} to ${destination.includes(':') ? `[${destination}]` : destination}:${port}`
}

const LOST =
  'No rule dropped it, yet it came to no end: the router has no route to its destination, or its source does not belong where it came in (reverse path filter).'

const sentence = ({ end, last }: Trace, dropped: string | undefined): string => {
  if (dropped !== undefined) return dropped
  if (end === 'delivered') return `The router takes it for itself, ${last === undefined ? '' : where(last)}.`
  if (end === 'forwarded' && last !== undefined) return `The router sends it out by ${last.out ?? '?'}, ${where(last)}.`
  return LOST
}

/** What the kernel decided, in the words of the services whose rules it were. Pure. */
export const answer = (trace: Trace, services: readonly AnyService[], spec: SpecEnvelope): Explanation => {
  const steps = trace.decisions.map((decision): ExplanationStep => {
    const { table, chain, rule, verdict } = decision
    for (const service of services) {
      const own = spec.services[service.name]
      const reason = own === undefined ? undefined : service.explain?.(own, decision, spec)
      if (reason !== undefined) return { table, chain, rule, verdict, service: service.name, ...reason }
    }
    return { table, chain, rule, verdict }
  })
  const last = steps.at(-1)
  const dropped = trace.end === undefined && last?.verdict === 'drop'
  const reasons = steps.filter(({ says }) => says !== undefined)
  // A list sends what it denies to a chain that drops it: the list's rule is the reason.
  const decisive = reasons.filter(({ id }) => id !== undefined).at(-1)
  const cause = dropped ? reasons.at(-1) : decisive
  const fallback =
    last === undefined
      ? LOST
      : `${last.table} ${last.chain} drops it${last.rule === '' ? ' by its policy' : `: ${last.rule}`}.`
  return {
    verdict: dropped ? 'dropped' : (trace.end ?? 'lost'),
    says: sentence(trace, dropped ? (cause?.says ?? fallback) : undefined),
    ...(cause?.id === undefined ? {} : { id: cause.id }),
    ...(cause?.service === undefined ? {} : { service: cause.service }),
    steps,
  }
}
