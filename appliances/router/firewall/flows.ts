import type { Flow } from '../flows.ts'
import type { Site } from '../site.ts'
import { egressOf, ingressOf } from './networks.ts'
import { isTranslated, listDecides, sentPacket, translatedPacket } from './packet.ts'
import type { FirewallSpec } from './spec.ts'

/**
 * Whether the firewall would let a connection begin that exists already. `devices` are the guest devices it governs.
 * Connections of the router itself, and those that an ACL decides, are none of its business. Pure.
 */
export const stillAllowed = (
  spec: FirewallSpec,
  devices: readonly string[],
  { isLocal, deviceOf }: Site,
): ((flow: Flow) => boolean) => {
  const own = new Set(devices)
  const addresses = new Map(
    spec.addresses.map(({ address, rules }) => [address, listDecides({ rules, otherwise: 'deny' })]),
  )
  const egress = new Map(devices.map((device) => [device, listDecides(egressOf(spec, device))]))
  const ingress = new Map(
    devices.flatMap((device) => {
      const list = ingressOf(spec, device)
      return list === undefined ? [] : [[device, listDecides(list)] as const]
    }),
  )
  return (flow) => {
    const { source, destination } = flow.original
    if (isLocal(source)) return true
    const published = addresses.get(destination)
    if (published?.(sentPacket(flow)) === false) return false
    if (isLocal(flow.reply.source)) return true
    const [from, to] = [deviceOf(source), deviceOf(flow.reply.source)]
    if (from === undefined || to === undefined) return true
    if (own.has(to) && isTranslated(flow)) return true
    const packet = translatedPacket(flow)
    return (egress.get(from)?.(packet) ?? true) && (ingress.get(to)?.(packet) ?? true)
  }
}
