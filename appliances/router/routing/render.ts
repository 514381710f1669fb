import type { Rendered } from '@sysvm/agent/service'
import type { Table } from 'node-iptables'
import { configText } from './config.ts'
import type { BgpSpec, RoutingSpec } from './spec.ts'

export const CONFIG_FILE = 'routing/bgpd.conf'
const BGP_PORT = 179

/** Peers may call as well as be called; nobody else reaches the port. */
const inputTable = ({ peers }: BgpSpec): Table => {
  const addresses = (six: boolean): readonly string[] =>
    peers.map(({ address }) => address).filter((address) => address.includes(':') === six)
  return {
    family: 'inet',
    name: 'sysvm_filter',
    sets: [
      { name: 'bgp_peers', key: ['ipv4_addr'], elements: addresses(false) },
      { name: 'bgp_peers6', key: ['ipv6_addr'], elements: addresses(true) },
    ],
    chains: [
      {
        name: 'input_services',
        rules: ['bgp_peers', 'bgp_peers6'].map((set) => ({
          source: { set },
          protocol: 'tcp',
          destinationPort: BGP_PORT,
          jump: 'ACCEPT',
        })),
      },
    ],
  }
}

export const render = ({ bgp }: RoutingSpec): Rendered =>
  bgp === undefined
    ? { files: [] }
    : {
        // Passwords are in it: for FRR alone.
        files: [{ path: CONFIG_FILE, text: configText(bgp), secret: true, group: 'frr' }],
        ruleset: { tables: [inputTable(bgp)] },
      }
