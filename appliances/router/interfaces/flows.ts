import type { Effects } from '@sysvm/agent/service'
import { messageOf } from '@sysvm/errors'
import { addressOf } from '../whole.ts'
import { addressesOf, type Live } from './live.ts'

/** Addresses that the machine had and has no longer. Pure. */
export const goneAddresses = (before: Live, after: Live): readonly string[] => {
  const all = ({ links }: Live): readonly string[] => links.flatMap(addressesOf).map(addressOf)
  const kept = new Set(all(after))
  return [...new Set(all(before))].filter((address) => !kept.has(address))
}

/**
 * Ends the flows that were translated to or from addresses that left. Connection tracking would go on translating
 * them to one that is somebody else's by now; those of an address that stays keep it, whatever NAT says since.
 */
export const endFlows = async (addresses: readonly string[], { run }: Effects): Promise<void> => {
  for (const address of addresses) {
    for (const side of ['--reply-dst', '--orig-dst']) {
      try {
        await run(['conntrack', '--delete', side, address])
      } catch (error) {
        // conntrack(8) exits with 1 when there was nothing to delete.
        if (!messageOf(error).includes(' 0 flow entries')) throw error
      }
    }
  }
}
