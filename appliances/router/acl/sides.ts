import type { SpecEnvelope } from '@sysvm/agent/spec'
import type { FilterList } from '../firewall/rule.ts'
import { interfacesOf } from '../whole.ts'
import type { AclSpec } from './spec.ts'

interface Side {
  readonly list: FilterList
  readonly side: 'ingress' | 'egress'
}

/** The list for packets that come from a device, and the one for those that go to it. */
export interface Sided {
  readonly device: string
  readonly from: Side
  readonly to: Side
}

/** What comes in by a private gateway comes from its device, as what guests of a tier send does. Pure. */
export const sidesOf = ({ devices }: AclSpec, whole: SpecEnvelope): readonly Sided[] => {
  const gateways = new Set(interfacesOf(whole, 'private').map(({ device }) => device))
  return devices.map(({ device, ingress, egress }) => {
    const [into, out]: readonly [Side, Side] = [
      { list: ingress, side: 'ingress' },
      { list: egress, side: 'egress' },
    ]
    return gateways.has(device) ? { device, from: into, to: out } : { device, from: out, to: into }
  })
}
