import type { SpecEnvelope } from '@sysvm/agent/spec'
import { hasAddress, interfacesOf, refuse, repeated } from '../whole.ts'
import type { DnsSpec } from './spec.ts'

/** Rules across the document; throws SYSVM_SPEC_INVALID. */
export const validate = ({ listen, records, upstreams }: DnsSpec, whole: SpecEnvelope): void => {
  const guests = interfacesOf(whole, 'guest')
  const stray = listen.find((address) => !guests.some((nic) => hasAddress(nic, address)))
  if (stray !== undefined) throw refuse(`DNS on ${stray}: no guest interface has this address`, { address: stray })
  const own = upstreams.find((address) => listen.includes(address))
  if (own !== undefined) throw refuse(`DNS would ask itself at ${own}`, { address: own })
  const twice = repeated(records.map(({ name, address }) => `${name} ${address}`))
  if (twice !== undefined) throw refuse(`The record ${twice} is given twice`)
}
