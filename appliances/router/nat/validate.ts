import { overlaps, type SpecEnvelope } from '@sysvm/agent/spec'
import { hasAddress, interfacesOf, refuse } from '../whole.ts'
import type { NatSpec } from './spec.ts'

/** Rules across the document; throws SYSVM_SPEC_INVALID. */
export const validate = ({ source }: NatSpec, whole: SpecEnvelope): void => {
  const publics = interfacesOf(whole, 'public')
  for (const [index, { network, device, address }] of source.entries()) {
    const nic = publics.find((candidate) => candidate.device === device)
    if (nic === undefined) throw refuse(`NAT by ${device}: there is no public interface of this name`, { device })
    if (!hasAddress(nic, address)) throw refuse(`NAT to ${address}: ${device} does not have this address`, { address })
    const other = source.slice(index + 1).find((next) => next.device === device && overlaps(next.network, network))
    if (other !== undefined) throw refuse(`NAT of ${network} and of ${other.network} by ${device} overlap`)
  }
}
