import { contains, type SpecEnvelope } from '@sysvm/agent/spec'
import { hasAddress, interfacesOf, refuse, repeated } from '../whole.ts'
import type { MetadataSpec } from './spec.ts'

/** Rules across the document; throws SYSVM_SPEC_INVALID. Never names values, which are secret. */
export const validate = ({ listen, instances }: MetadataSpec, whole: SpecEnvelope): void => {
  const guests = interfacesOf(whole, 'guest')
  const stray = listen.find((address) => !guests.some((nic) => hasAddress(nic, address)))
  if (stray !== undefined) throw refuse(`Metadata on ${stray}: no guest interface has this address`, { address: stray })
  const twice = repeated(instances.map(({ address }) => address))
  if (twice !== undefined) throw refuse(`Two instances have the address ${twice}`, { address: twice })
  const password = repeated(instances.flatMap((instance) => instance.password?.id ?? []))
  if (password !== undefined) throw refuse(`Two instances have the password of the id ${password}`)
  const networks = guests.flatMap(({ addresses }) => addresses)
  for (const { address, data } of instances) {
    if (!networks.some((cidr) => contains(cidr, address)))
      throw refuse(`The instance ${address} is on no guest network`, { address })
    const keys = Object.keys(data)
    const folder = keys.find((key) => keys.some((other) => other.startsWith(`${key}/`)))
    if (folder !== undefined) throw refuse(`The key ${folder} of instance ${address} is a value and a folder`)
  }
}
