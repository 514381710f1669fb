import type { Decision, Reason, TracedPacket } from '@sysvm/agent/service'
import type { NatSpec } from './spec.ts'

/** With an id where the spec has one. */
const reason = (says: string, id: string | undefined): Reason => (id === undefined ? { says } : { says, id })

const inward = ({ forwards, static: fixed }: NatSpec, packet: TracedPacket): Reason | undefined => {
  const { destination, protocol, destinationPort: port = 0 } = packet
  const forward = forwards.find(
    (one) =>
      one.address === destination && one.protocol === protocol && one.port <= port && port <= (one.endPort ?? one.port),
  )
  if (forward !== undefined) {
    const to = (forward.guestPort ?? forward.port) + port - forward.port
    const name = forward.id === undefined ? 'A port forwarding rule' : `Port forwarding rule ${forward.id}`
    return reason(`${name} sends it to ${forward.guest}, port ${to}.`, forward.id)
  }
  const one = fixed.find(({ address }) => address === destination)
  return one && reason(`Static NAT of ${destination} sends it to ${one.guest}.`, one.id)
}

const outward = ({ source, static: fixed }: NatSpec, { rule, packet }: Decision): Reason | undefined => {
  if (rule.includes('@hairpins'))
    return { says: "It goes on with the router's own address, so that its answers come back." }
  if (rule.includes('@static_out')) {
    const one = fixed.find(({ guest }) => guest === packet.source)
    return one && reason(`Static NAT sends it on as ${one.address}.`, one.id)
  }
  const addresses = source.filter(({ device }) => device === packet.out).map(({ address }) => address)
  return rule.includes('@source_nat') ? { says: `Source NAT sends it on as ${addresses.join(' or ')}.` } : undefined
}

/** What NAT did to a packet. Pure. */
export const explain = (spec: NatSpec, decision: Decision): Reason | undefined => {
  const { table, chain, rule, verdict, packet } = decision
  if (table !== 'ip sysvm_nat' || verdict !== 'accept' || rule === '') return undefined
  return chain === 'postrouting' ? outward(spec, decision) : inward(spec, packet)
}
