import { missingIds, type Named } from '../model/existence.ts'
import type { Context } from './command.ts'
import { notFound } from './found.ts'
import type { Parameters } from './parameter.ts'

/** What an id names, by the parameter that carries it. */
const tables: Readonly<Record<string, Named>> = {
  aclid: 'network_acl_list',
  asnrangeid: 'asn_range',
  associatednetworkid: 'network',
  certid: 'ssl_cert',
  clusterid: 'cluster',
  gatewayid: 'private_gateway',
  hostid: 'host',
  lbruleid: 'load_balancer_rule',
  ipaddressid: 'public_ip',
  networkid: 'network',
  networkofferingid: 'network_offering',
  nspid: 'network_service_provider',
  physicalnetworkid: 'physical_network',
  parentid: 'zone_subnet',
  podid: 'pod',
  publicipid: 'public_ip',
  serviceofferingid: 'service_offering',
  sourceipaddressnetworkid: 'network',
  templateid: 'template',
  userdataid: 'user_data',
  virtualmachineid: 'guest',
  vlanid: 'vlan_range',
  vpcid: 'vpc',
  vpcofferingid: 'vpc_offering',
  zoneid: 'zone',
}

/** What `id` and `ids` name, by the objects that a list answers. */
const objects: Readonly<Record<string, Named>> = {
  bgppeer: 'bgp_peer',
  cluster: 'cluster',
  firewallrule: 'firewall_rule',
  guestnetworkipv6prefix: 'ipv6_prefix',
  host: 'host',
  ipforwardingrule: 'ip_rule',
  ipv4subnetsforguestnetwork: 'guest_subnet',
  ipv6firewallrule: 'firewall_rule',
  internalloadbalancervm: 'router',
  loadbalancer: 'load_balancer_rule',
  loadbalancerrule: 'load_balancer_rule',
  network: 'network',
  networkacl: 'network_acl',
  networkacllist: 'network_acl_list',
  networkoffering: 'network_offering',
  physicalnetwork: 'physical_network',
  pod: 'pod',
  portforwardingrule: 'port_forwarding',
  privategateway: 'private_gateway',
  publicipaddress: 'public_ip',
  router: 'router',
  serviceoffering: 'service_offering',
  sshkeypair: 'ssh_keypair',
  staticroute: 'static_route',
  template: 'template',
  userdata: 'user_data',
  virtualmachine: 'guest',
  vlaniprange: 'vlan_range',
  vpc: 'vpc',
  vpcoffering: 'vpc_offering',
  zone: 'zone',
  zoneipv4subnet: 'zone_subnet',
}

/** A list that is asked about an id which names nothing is refused (431), as in CloudStack, and not empty. */
export const checkReferences = async (
  { db }: Context,
  object: string,
  grammar: Parameters,
  values: Readonly<Record<string, unknown>>,
): Promise<void> => {
  for (const name of Object.keys(grammar)) {
    const table = name === 'id' || name === 'ids' ? objects[object] : tables[name]
    const value = values[name]
    if (table === undefined || value === undefined) continue
    const [missing] = await missingIds(db, table, Array.isArray(value) ? value : [String(value)])
    if (missing !== undefined) throw notFound(name, table.replaceAll('_', ' '), missing)
  }
}
