import { contains, type SpecEnvelope } from '@sysvm/agent/spec'
import { hasAddress, interfacesOf, refuse, repeated } from '../whole.ts'
import type { NetbootSpec } from './spec.ts'

/** Rules across the document; throws SYSVM_SPEC_INVALID. */
export const validate = ({ listen, guests }: NetbootSpec, whole: SpecEnvelope): void => {
  const nics = interfacesOf(whole, 'guest')
  const stray = listen.find((address) => !nics.some((nic) => hasAddress(nic, address)))
  if (stray !== undefined) throw refuse(`Netboot on ${stray}: no guest interface has this address`, { address: stray })
  const twice = repeated(guests.map(({ address }) => address)) ?? repeated(guests.map(({ mac }) => mac))
  if (twice !== undefined) throw refuse(`Two guests boot as ${twice}`, { value: twice })
  const outside = guests.find(
    ({ address }) => !nics.some((nic) => nic.addresses.some((cidr) => contains(cidr, address))),
  )
  if (outside !== undefined)
    throw refuse(`The guest ${outside.address} is on no guest network`, { address: outside.address })
}
