import type { Effects, Wire } from '@sysvm/agent/service'
import { fromNumber, parseCidr, type SpecEnvelope } from '@sysvm/agent/spec'
import { SysvmError } from '@sysvm/errors'
import { hasAddress, interfacesOf } from '../whole.ts'
import type { NatSpec } from './spec.ts'

/** Of a network that is for documentation (RFC 5737): nobody is there, and the packet does not leave anyhow. */
const OUTSIDE = '192.0.2.1'
const PORT = 443
/** A commit that comes waits for them. */
const MOST = 3

/** The last address of the network that is not the router's own. */
const guestOf = (network: string, whole: SpecEnvelope): string => {
  const { last } = parseCidr(network)
  const own = (address: string) => interfacesOf(whole).some((nic) => hasAddress(nic, address))
  return own(fromNumber(last - 1)) ? fromNumber(last - 2) : fromNumber(last - 1)
}

/** A guest of each network opens a connection to the outside, and it leaves as the router. */
export const exercise = async (
  { source, static: fixed }: NatSpec,
  wire: Wire,
  _effects: Effects,
  whole: SpecEnvelope,
): Promise<void> => {
  for (const { network, device, address } of source.slice(0, MOST)) {
    const guest = guestOf(network, whole)
    // Neither a single address nor a way out by another device can be tried this way.
    if (parseCidr(network).prefix > 30 || fixed.some((one) => one.guest === guest)) continue
    const { end, last } = await wire.packet({ source: guest, destination: OUTSIDE, protocol: 'tcp', port: PORT })
    if (end !== 'forwarded' || last === undefined || last.out !== device || last.source === address) continue
    throw new SysvmError(
      'SYSVM_PROBE_FAILED',
      `A connection of ${guest} leaves by ${device} as ${last.source}, not as ${address}: source NAT does not work.`,
    )
  }
}
