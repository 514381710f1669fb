import { listOf } from '@sysvm/manager/cli/client'
import { type LabHttpServer, serveHttp } from '../../lab/index.ts'
import { type Bird, startBird } from '../../lab/servers/bird.ts'
import { type Cloud, idOf, plan } from './index.ts'

/** IPv6 of the test cloud (RFC 3849): the outside's address on the public network, and what guest networks are of. */
export const six = { outside: '2001:db8:ff::1', prefix: '2001:db8:100::/48', first: '2001:db8:100::/64' } as const

/** Gives the public range and the zone's guests IPv6, before anything uses the range. */
export const addIpv6 = async ({ client, run, outside, lab, zone: zoneid }: Cloud): Promise<LabHttpServer> => {
  await outside.ip(['address', 'add', `${six.outside}/64`, 'dev', 'public0', 'nodad'])
  const web = await serveHttp(outside, { address: six.outside })
  lab.defer(() => web.close())
  const [range] = listOf(await client.call('listVlanIpRanges', { zoneid }), 'vlaniprange')
  await run('deleteVlanIpRange', { id: idOf(range ?? {}) })
  await run('createVlanIpRange', {
    ...{ zoneid, physicalnetworkid: String(range?.physicalnetworkid), vlan: 'untagged' },
    ...{ gateway: plan.public.gateway, netmask: plan.public.netmask },
    ...{ startip: plan.public.start, endip: plan.public.end },
    ...{ ip6cidr: '2001:db8:ff::/64', ip6gateway: six.outside },
    ...{ startipv6: '2001:db8:ff::10', endipv6: '2001:db8:ff::1f' },
  })
  await run('createGuestNetworkIpv6Prefix', { zoneid, prefix: six.prefix })
  return web
}

export const bgp = { password: 'between-us_2!', asn: 65_000, routers: 4_200_000_010, subnets: '198.18.0.0/22' } as const

/** The site's router speaks with every address of the public range, in both families. */
const protocols = `
protocol static told { ipv4; route 0.0.0.0/0 unreachable; route 192.0.2.0/24 unreachable; }
template bgp peers {
  password "${bgp.password}";
  hold time 9; connect delay time 1;
}
protocol bgp four from peers {
  local ${plan.public.gateway} as ${bgp.asn};
  neighbor range 203.0.113.0/24 external;
  dynamic name "four_";
  ipv4 { import all; export all; };
}
protocol bgp six from peers {
  local ${six.outside} as ${bgp.asn};
  neighbor range 2001:db8:ff::/64 external;
  dynamic name "six_";
  ipv6 { import all; export all; };
}`

/** A BGP router at the public gateway, and all that a zone needs to route networks with it. Answers with the peer's id. */
export const addBgp = async ({ lab, outside, run, zone: zoneid }: Cloud): Promise<{ bird: Bird; peer: string }> => {
  const bird = await startBird(lab, outside, plan.public.gateway, protocols)
  await run('createIpv4SubnetForZone', { zoneid, subnet: bgp.subnets })
  await run('createASNRange', { zoneid, startasn: bgp.routers, endasn: bgp.routers + 9 })
  const addresses = { ipaddress: plan.public.gateway, ip6address: six.outside }
  const ours = { zoneid, asnumber: bgp.asn, ...addresses, password: bgp.password, 'details[0].HoldTime': 9 }
  return { bird, peer: idOf(await run('createBgpPeer', ours)) }
}
