import { contains, toNumber } from '@sysvm/agent/spec'
import { networkOf } from '../whole.ts'
import type { InterfacesSpec } from './spec.ts'

/** A way out: what comes in by it is answered by it. */
export interface Uplink {
  readonly device: string
  readonly gateway: string
  /** Networks of the device's addresses among which the gateway is. */
  readonly networks: readonly string[]
  /** Mark of its connections and number of its routing table: the gateway's address, which no other uplink has. */
  readonly mark: number
}

/** Next hops of the public interfaces, that of the default route first; fewer than two need no choice, so none. */
export const uplinksOf = ({ interfaces, gateway }: InterfacesSpec): readonly Uplink[] => {
  const publics = interfaces.filter(({ role }) => role === 'public')
  const gateways = new Set([
    ...(gateway === undefined ? [] : [gateway]),
    ...publics.flatMap(({ gateways: own }) => own ?? []),
  ])
  if (gateways.size < 2) return []
  return [...gateways].flatMap((next) => {
    const nic = publics.find(({ addresses }) => addresses.some((cidr) => contains(cidr, next)))
    if (nic === undefined) return []
    const networks = new Set(nic.addresses.filter((cidr) => contains(cidr, next)).map(networkOf))
    return [{ device: nic.device, gateway: next, networks: [...networks], mark: toNumber(next) }]
  })
}
