import type { Decision, Trace, TracedPacket } from '../../service/decision.ts'
import { EXPLAIN_TABLE } from './inject.ts'

const LINE = /^trace id (\S+) (\S+ \S+) (\S+) (packet:|rule|verdict|policy) (.*?)\s*$/

const numbers = (text: string): Partial<TracedPacket> => {
  const port = (word: string) => new RegExp(`\\b(?:tcp|udp) ${word} (\\d+)`).exec(text)?.[1]
  const [from, to] = [port('sport'), port('dport')]
  return {
    ...(from === undefined ? {} : { sourcePort: Number(from) }),
    ...(to === undefined ? {} : { destinationPort: Number(to) }),
  }
}

/** What is injected is an echo request: RFC 792, RFC 4443. */
const echo = { icmp: { icmpType: 8, icmpCode: 0 }, icmpv6: { icmpType: 128, icmpCode: 0 } } as const

const packetOf = (text: string, protocol: TracedPacket['protocol']): TracedPacket => {
  const word = (pattern: RegExp) => pattern.exec(text)?.[1]
  const [into, out] = [word(/\biif "([^"]+)"/), word(/\boif "([^"]+)"/)]
  return {
    ...(into === undefined ? {} : { in: into }),
    ...(out === undefined ? {} : { out }),
    source: word(/\bip6? saddr (\S+)/) ?? '',
    destination: word(/\bip6? daddr (\S+)/) ?? '',
    protocol,
    ...numbers(text),
    ...(protocol === 'icmp' || protocol === 'icmpv6' ? echo[protocol] : {}),
  }
}

/** The verdict at the end of a rule's words; a dropped packet's rule may not carry one. */
const ruleOf = (words: string): Pick<Decision, 'rule' | 'verdict'> => {
  const [, rule = words, verdict = 'continue'] = /^(.*) \(verdict ([^)]*)\)$/.exec(words) ?? []
  return { rule, verdict }
}

/** Reads what `nft monitor trace` printed about one packet of ours. Pure. */
export const readTrace = (output: string, protocol: TracedPacket['protocol']): Trace => {
  const decisions: Decision[] = []
  let id: string | undefined
  let packet: TracedPacket | undefined
  for (const line of output.split('\n')) {
    const [, own, table = '', chain = '', kind, words = ''] = LINE.exec(line.trim()) ?? []
    id ??= own
    if (own === undefined || own !== id) continue
    if (kind === 'packet:') packet = packetOf(words, protocol)
    if (packet === undefined) continue
    if (table === EXPLAIN_TABLE) {
      if (kind === 'rule' && (chain === 'forwarded' || chain === 'delivered'))
        return { decisions, end: chain, last: packet }
      continue
    }
    if (kind === 'rule') decisions.push({ table, chain, ...ruleOf(words), packet })
    if (kind === 'policy') decisions.push({ table, chain, rule: '', verdict: words, packet })
  }
  return { decisions, ...(packet === undefined ? {} : { last: packet }) }
}
