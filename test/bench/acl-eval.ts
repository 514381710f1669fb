import { SPEC_VERSION, type SpecEnvelope } from '@sysvm/agent/spec'
import { acl } from '@sysvm/router/acl/index'
import { firewall } from '@sysvm/router/firewall/index'
import type { FilterRuleInput } from '@sysvm/router/firewall/rule'
import { nat } from '@sysvm/router/nat/index'
import { AclSpec, FirewallSpec, InterfacesSpec, NatSpec } from '@sysvm/router/spec'
import { compile, merge } from 'node-iptables'
import { createLab, type Namespace } from '../lab/index.ts'
import { type Bench, round } from './bench.ts'
import { createPath, inTurns, type Load, PORT, PUBLIC, SERVER } from './nat-connect.ts'

const ITEMS = 1000

/**
 * Items before the one that decides: ports from networks, protocols from hosts, ranges to hosts, some allowed and some
 * denied, as lists of users are. None matches what the client sends.
 */
const before = (index: number): FilterRuleInput => {
  const action = index % 3 === 0 ? 'deny' : 'allow'
  const [high, low] = [index >> 8, index & 255]
  if (index % 4 === 0) return { action, protocol: 'all', sources: [`198.18.${high}.${low}/32`] }
  if (index % 4 === 1)
    return { action, protocol: 'tcp', ports: [10_000 + index, 10_000 + index], sources: ['0.0.0.0/0'] }
  if (index % 4 === 2) return { action, protocol: 'udp', ports: [index * 10, index * 10 + 9] }
  return { action, protocol: 'tcp', ports: [1, 1023], sources: [`198.19.${high}.${low}/32`, `192.0.2.${low}/32`] }
}

/** The worst place is the last one: everything before it was in vain. */
const listOf = (count: number): readonly FilterRuleInput[] => [
  ...Array.from({ length: Math.max(0, count - 1) }, (_, index) => before(index)),
  ...(count === 0 ? [] : [{ action: 'allow', protocol: 'tcp', ports: [80, 80] } as const satisfies FilterRuleInput]),
]

/** The router's ruleset; without items the tier's list lets everything pass. */
const ours = (count: number): string => {
  const services = {
    interfaces: InterfacesSpec.parse({
      interfaces: [
        { device: 'eth1', mac: '02:00:00:00:00:01', role: 'guest', addresses: ['10.0.0.1/8'] },
        { device: 'eth2', mac: '02:00:00:00:00:02', role: 'public', addresses: [`${PUBLIC}/24`] },
      ],
    }),
    firewall: FirewallSpec.parse({}),
    acl: AclSpec.parse({
      devices: [
        {
          device: 'eth1',
          ingress: { otherwise: count === 0 ? 'allow' : 'deny', rules: listOf(count) },
          egress: { otherwise: 'allow' },
        },
      ],
    }),
    nat: NatSpec.parse({
      source: [],
      forwards: [{ address: PUBLIC, port: PORT, protocol: 'tcp', guest: SERVER, guestPort: 80 }],
    }),
  }
  const whole: SpecEnvelope = { version: SPEC_VERSION, generation: 1, name: 'bench', role: 'router', services }
  const rendered = [
    firewall.render(services.firewall, whole),
    acl.render(services.acl, whole),
    nat.render(services.nat, whole),
  ]
  return compile(merge(rendered.flatMap(({ ruleset }) => ruleset ?? [])))
}

const ruleLine = ({ action, protocol, ports, sources }: FilterRuleInput): string =>
  [
    ...(sources === undefined ? [] : [`ip saddr { ${sources.join(', ')} }`]),
    ...(protocol === 'all' || protocol === undefined ? [] : [`meta l4proto ${protocol}`]),
    ...(ports === undefined ? [] : [`th dport ${ports[0]}-${ports[1]}`.replace(/^(.*) (\d+)-\2$/, '$1 $2')]),
    action === 'deny' ? 'drop' : 'accept',
  ].join(' ')

/** The same list as a rule each, in nft, which is what an iptables chain is to the kernel. */
const linear = (count: number): string => `
table ip nat { chain pre { type nat hook prerouting priority dstnat;
  ip daddr ${PUBLIC} tcp dport ${PORT} dnat to ${SERVER}:80; }; }
table inet filter { chain forward { type filter hook forward priority filter; policy drop;
  ct state established,related accept
  ${listOf(count).map(ruleLine).join('\n  ')}
}; }`

export const bench: Bench = {
  name: 'acl-eval',
  title: `New connections through an ACL of ${ITEMS} items, of which the last one decides`,
  run: async (print) => {
    await using lab = await createLab('bench-acl')
    const path = await createPath(lab)
    const load = (text: string): Load => {
      return (router: Namespace) => router.nft(text)
    }
    const loads = new Map([
      ['none', load(ours(0))],
      ['ours', load(ours(ITEMS))],
      ['linear', load(linear(ITEMS))],
    ])
    const rates = await inTurns(path, loads)
    const rate = (name: string): number => round(rates.get(name) ?? Number.NaN, 0)
    for (const name of loads.keys()) print({ list: name, 'new connections /s': rate(name) })
    return {
      unit: `new connections/s through ${ITEMS} ACL items, beside none`,
      ours: rate('ours'),
      other: rate('none'),
      ratio: round(rate('ours') / rate('none'), 3),
      detail: { linearNft: rate('linear'), oursToLinear: round(rate('ours') / rate('linear'), 2), items: ITEMS },
    }
  },
}
