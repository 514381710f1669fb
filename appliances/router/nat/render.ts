import type { Rendered } from '@sysvm/agent/service'
import { networkOf } from '../whole.ts'
import type { NatSpec } from './spec.ts'

/** One rule and one map: its cost does not grow with the networks. */
export const render = ({ source }: NatSpec): Rendered => ({
  files: [],
  ruleset: {
    tables: [
      {
        family: 'ip',
        name: 'sysvm_nat',
        maps: [
          {
            name: 'source_nat',
            key: ['ifname', 'ipv4_addr'],
            value: ['ipv4_addr'],
            interval: true,
            elements: source.map(({ device, network, address }) => [[device, networkOf(network)], address]),
          },
        ],
        chains: [
          {
            name: 'postrouting',
            hook: { type: 'nat', at: 'postrouting', priority: 'srcnat' },
            rules: [{ jump: { target: 'SNAT', to: { key: ['out', 'source'], map: 'source_nat' } } }],
          },
        ],
      },
    ],
  },
})
