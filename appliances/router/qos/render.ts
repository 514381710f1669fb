import type { Rendered } from '@sysvm/agent/service'
import type { SpecEnvelope } from '@sysvm/agent/spec'
import { hasAddress, interfacesOf } from '../whole.ts'
import type { QosSpec } from './spec.ts'

export const LIMITS_FILE = 'qos/limits.json'

/** A limit as the kernel gets it; whole networks have no address. */
export interface Limit {
  readonly device: string
  readonly address?: string
  readonly mbit: number
}

export const limitsOf = ({ networks, addresses }: QosSpec, whole: SpecEnvelope): readonly Limit[] => [
  ...networks.map(({ device, mbit }) => ({ device, mbit })),
  ...addresses.flatMap(({ address, mbit }) =>
    interfacesOf(whole, 'public')
      .filter((nic) => hasAddress(nic, address))
      .map(({ device }) => ({ device, address, mbit })),
  ),
]

/** A file of ours, since which device has an address is in another service's part of the document. */
export const render = (spec: QosSpec, whole: SpecEnvelope): Rendered => ({
  files: [{ path: LIMITS_FILE, text: `${JSON.stringify(limitsOf(spec, whole), null, 1)}\n` }],
})
