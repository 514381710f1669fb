import type { Rendered } from '@sysvm/agent/service'
import { parseCidr } from '@sysvm/agent/spec'
import type { NatSpec } from './spec.ts'

const networkOf = (cidr: string): string => {
  const { network, prefix } = parseCidr(cidr)
  return `${network}/${prefix}`
}

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
