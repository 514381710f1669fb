import { contains, type SpecEnvelope } from '@sysvm/agent/spec'
import type { Chain, MapElement, NamedMap, Verdict } from 'node-iptables'
import { type Uplink, uplinksOf } from '../interfaces/uplinks.ts'
import { interfacesOf, networkOf, servicesOf } from '../whole.ts'
import type { NatSpec } from './spec.ts'

const uplinks = (whole: SpecEnvelope): readonly Uplink[] => {
  const { interfaces } = servicesOf(whole)
  return interfaces === undefined ? [] : uplinksOf(interfaces)
}

const chainName = ({ mark }: Uplink): string => `uplink_${mark}`

const by = (uplink: Uplink): Verdict => ({ target: 'GOTO', chain: chainName(uplink) })

/** The uplink whose network has the address; replies to it arrive there. */
const uplinkOf = (all: readonly Uplink[], address: string): Uplink | undefined =>
  all.find(({ networks }) => networks.some((network) => contains(network, address)))

const leaving = (all: readonly Uplink[], key: string, address: string): readonly MapElement[] => {
  const uplink = uplinkOf(all, address)
  return uplink === undefined ? [] : [[key, by(uplink)]]
}

/** Which uplink a new connection belongs to: by its public address, that it came to or will take. */
export const uplinkMaps = ({ source, static: fixed }: NatSpec, whole: SpecEnvelope): readonly NamedMap[] => {
  const all = uplinks(whole)
  if (all.length === 0) return []
  return [
    {
      name: 'uplink_in',
      key: ['ifname', 'ipv4_addr'],
      value: 'verdict',
      interval: true,
      elements: all.flatMap((uplink) =>
        uplink.networks.map((network): MapElement => [[uplink.device, network], by(uplink)]),
      ),
    },
    {
      name: 'uplink_of_guest',
      key: ['ipv4_addr'],
      value: 'verdict',
      elements: fixed.flatMap(({ address, guest }) => leaving(all, guest, address)),
    },
    {
      name: 'uplink_of_network',
      key: ['ipv4_addr'],
      value: 'verdict',
      interval: true,
      elements: source.flatMap(({ network, address }) => leaving(all, networkOf(network), address)),
    },
  ]
}

/**
 * Marks connections with their uplink, and packets with that of their connection before they are routed; the routing
 * policy of `interfaces` does the rest. After connection tracking and after the firewall has decided on public
 * addresses, before these are translated.
 */
export const uplinkChains = (whole: SpecEnvelope): readonly Chain[] => {
  const all = uplinks(whole)
  const guests = interfacesOf(whole, 'guest').map(({ device }) => device)
  if (all.length === 0) return []
  return [
    ...all.map(
      (uplink): Chain => ({
        name: chainName(uplink),
        rules: [{ jump: { target: 'MARK', value: uplink.mark } }, { jump: 'SAVE_MARK' }],
      }),
    ),
    {
      name: 'uplinks',
      hook: { type: 'filter', at: 'prerouting', priority: -140 },
      rules: [
        { connectionMark: { not: 0 }, jump: 'RESTORE_MARK' },
        { state: 'new', connectionMark: 0, jump: { target: 'LOOKUP', key: ['in', 'destination'], map: 'uplink_in' } },
        ...(guests.length === 0
          ? []
          : ['uplink_of_guest', 'uplink_of_network'].map(
              (map) =>
                ({
                  in: guests,
                  state: 'new',
                  connectionMark: 0,
                  jump: { target: 'LOOKUP', key: ['source'], map },
                }) as const,
            )),
      ],
    },
  ]
}
