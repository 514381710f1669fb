import { gives, sourceNatAddress } from '../base.ts'
import type { RouterPart } from './part.ts'

export const nat: RouterPart<'nat', undefined> = {
  name: 'nat',
  read: async () => undefined,
  spec: (base) => {
    const outside = sourceNatAddress(base)
    const inside = base.networks.filter((network) => gives(network, 'SourceNat'))
    if (outside === undefined || inside.length === 0) return undefined
    const { device, address } = outside
    return { source: inside.map(({ cidr }) => ({ network: cidr, device, address })), static: [], forwards: [] }
  },
}
