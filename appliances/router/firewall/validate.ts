import type { SpecEnvelope } from '@sysvm/agent/spec'
import { hasAddress, interfacesOf, refuse, repeated } from '../whole.ts'
import type { FirewallSpec } from './spec.ts'

/** Rules across the document; throws SYSVM_SPEC_INVALID. */
export const validate = ({ addresses, networks }: FirewallSpec, whole: SpecEnvelope): void => {
  const twice = repeated(addresses.map(({ address }) => address)) ?? repeated(networks.map(({ device }) => device))
  if (twice !== undefined) throw refuse(`The firewall has two lists for ${twice}`, { value: twice })
  const publics = interfacesOf(whole, 'public')
  const foreign = addresses.find(({ address }) => !publics.some((nic) => hasAddress(nic, address)))
  if (foreign !== undefined)
    throw refuse(`The firewall of ${foreign.address}: no public interface has this address`, {
      address: foreign.address,
    })
  const guests = interfacesOf(whole, 'guest')
  const stranger = networks.find(({ device }) => !guests.some((nic) => nic.device === device))
  if (stranger !== undefined)
    throw refuse(`The firewall of ${stranger.device}: there is no guest interface of this name`, {
      device: stranger.device,
    })
}
