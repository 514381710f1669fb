import { listDecides, sentPacket, translatedPacket } from '../firewall/packet.ts'
import type { Flow } from '../flows.ts'
import type { Site } from '../site.ts'
import type { Sided } from './sides.ts'

/** A listener of the load balancer on the router and the tier that it balances. */
export interface Listener {
  readonly address: string
  readonly port: number
  readonly device: string
}

/**
 * Whether the ACLs would let a connection begin that exists already: the list of the device it comes from, then that of
 * the one it goes to. Pure.
 */
export const stillAllowed = (
  sided: readonly Sided[],
  listeners: readonly Listener[],
  { isLocal, deviceOf }: Site,
): ((flow: Flow) => boolean) => {
  const from = new Map(sided.map(({ device, from: { list } }) => [device, listDecides(list)]))
  const to = new Map(sided.map(({ device, to: { list } }) => [device, listDecides(list)]))
  const balanced = new Map(listeners.map(({ address, port, device }) => [`${address} ${port}`, device]))
  return (flow) => {
    const { source, destination, destinationPort } = flow.original
    if (isLocal(source)) return true
    const local = isLocal(flow.reply.source)
    const listener = flow.protocol === 'tcp' ? balanced.get(`${destination} ${destinationPort}`) : undefined
    // Other services of the router are not for ACLs to refuse.
    if (local && listener === undefined) return true
    const packet = local ? sentPacket(flow) : translatedPacket(flow)
    const [leaves, enters] = [deviceOf(source), local ? listener : deviceOf(flow.reply.source)]
    const passesFrom = leaves === undefined ? true : (from.get(leaves)?.(packet) ?? true)
    return passesFrom && (enters === undefined ? true : (to.get(enters)?.(packet) ?? true))
  }
}
