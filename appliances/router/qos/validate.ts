import type { SpecEnvelope } from '@sysvm/agent/spec'
import { hasAddress, interfacesOf, refuse, repeated } from '../whole.ts'
import type { QosSpec } from './spec.ts'

/** Rules across the document; throws SYSVM_SPEC_INVALID. */
export const validate = ({ networks, addresses }: QosSpec, whole: SpecEnvelope): void => {
  const guests = interfacesOf(whole, 'guest').map(({ device }) => device)
  const stray = networks.find(({ device }) => !guests.includes(device))
  if (stray !== undefined) throw refuse(`A limit for ${stray.device}: there is no guest interface of this name`)
  const publics = interfacesOf(whole, 'public')
  const foreign = addresses.find(({ address }) => !publics.some((nic) => hasAddress(nic, address)))
  if (foreign !== undefined)
    throw refuse(`A limit for ${foreign.address}: no public interface has this address`, { address: foreign.address })
  const twice = repeated([...networks.map(({ device }) => device), ...addresses.map(({ address }) => address)])
  if (twice !== undefined) throw refuse(`Two limits are given for ${twice}`, { value: twice })
}
