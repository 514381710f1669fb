import type { Effects } from '@sysvm/agent/service'
import { endFlows, readFlows } from '../flows.ts'
import { addressOf } from '../whole.ts'
import { addressesOf, type Live } from './live.ts'

/** Addresses that the machine had and has no longer. Pure. */
export const goneAddresses = (before: Live, after: Live): ReadonlySet<string> => {
  const all = ({ links }: Live): readonly string[] => links.flatMap(addressesOf).map(addressOf)
  const kept = new Set(all(after))
  return new Set(all(before).filter((address) => !kept.has(address)))
}

/**
 * Ends the flows that were translated to or from addresses that left. Connection tracking would go on translating
 * them to one that is somebody else's by now; those of an address that stays keep it, whatever NAT says since.
 */
export const endFlowsOf = async (addresses: ReadonlySet<string>, effects: Effects): Promise<void> => {
  if (addresses.size === 0) return
  const flows = await readFlows(effects)
  const gone = flows.filter(
    ({ original, reply }) => addresses.has(original.destination) || addresses.has(reply.destination),
  )
  await endFlows(gone, effects)
}
