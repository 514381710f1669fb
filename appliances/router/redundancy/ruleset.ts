import type { SpecEnvelope } from '@sysvm/agent/spec'
import type { Rule, Table } from 'node-iptables'
import { servicesOf } from '../whole.ts'
import { ownAddress } from './keepalived.ts'
import { SYNC_PORT, TABLES_PORT, VRRP } from './names.ts'
import type { RedundancySpec } from './spec.ts'

/** The two routers hear each other, by address and MAC address, and nobody else on that network. */
export const peering = (spec: RedundancySpec, whole: SpecEnvelope): Table => {
  const { device, peer } = spec
  const own = ownAddress(spec, servicesOf(whole).interfaces)
  const words: readonly Rule[] = [
    { protocol: VRRP },
    { protocol: 'udp', destinationPort: SYNC_PORT },
    { protocol: 'tcp', destinationPort: TABLES_PORT },
  ]
  return {
    family: 'inet',
    name: 'sysvm_filter',
    chains: [
      {
        name: 'source_services',
        // Were they tracked, all that bears the peer's address would belong to a connection that was let in before.
        rules: words.map((match) => ({ in: device, destination: own, ...match, jump: 'NOTRACK' })),
      },
      {
        name: 'input_services',
        rules: words.map((match) => ({
          in: device,
          source: peer.address,
          sourceMac: peer.mac,
          destination: own,
          ...match,
          jump: 'ACCEPT',
        })),
      },
    ],
  }
}
