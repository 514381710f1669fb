import type { Database } from '@sysvm/manager/model'
import { type Kysely, sql } from 'kysely'

/** How much of everything there is; what is not named follows from these. */
export interface Sizes {
  readonly hosts: number
  readonly guests: number
  readonly networks: number
}

export const FULL: Sizes = { hosts: 30_000, guests: 100_000, networks: 1000 }

/** SQL for the id of a table's row of that number. */
const id = (table: string, number = 'i'): string => `md5('${table}/' || (${number}))::uuid`

const rows = (table: string, count: number, columns: Readonly<Record<string, string>>): string =>
  `insert into ${table} (${Object.keys(columns).join(', ')}) select ${Object.values(columns).join(', ')} from generate_series(1, ${count}) i`

/** Each a little after the one before, the newest a minute ago. */
const created = (count: number): string => `now() - interval '1 minute' - make_interval(secs => ${count} - i)`

const places = ({ hosts }: Sizes) => {
  const clusters = Math.ceil(hosts / 100)
  const pods = Math.ceil(clusters / 10)
  return [
    rows('zone', 2, {
      id: id('zone'),
      name: `'zone-' || i`,
      dns1: `'192.0.2.53'`,
      internaldns1: `'192.0.2.53'`,
      networktype: `'Advanced'`,
    }),
    rows('physical_network', 2, {
      id: id('physical'),
      zone: id('zone'),
      name: `'physical-' || i`,
      isolationmethods: `'VXLAN'`,
      vni_from: '5000',
      vni_to: '9999999',
    }),
    `insert into traffic_type (physical_network, traffictype)
       select id, type from physical_network, unnest(array['Guest', 'Public', 'Management']) type`,
    `insert into network_service_provider (physical_network, name, state)
       select id, provider, 'Enabled' from physical_network,
         unnest(array['VirtualRouter', 'VpcVirtualRouter', 'InternalLbVm', 'SecurityGroupProvider']) provider`,
    rows('pod', pods, {
      id: id('pod'),
      zone: id('zone', `case when i = 1 and ${pods} > 1 then 2 else 1 end`),
      name: `'pod-' || i`,
      gateway: `'10.200.0.1'::inet + i * 1024`,
      netmask: `'255.255.252.0'`,
      startip: `'10.200.0.2'::inet + i * 1024`,
      endip: `'10.200.3.254'::inet + i * 1024`,
    }),
    rows('cluster', clusters, {
      id: id('cluster'),
      pod: id('pod', '(i - 1) / 10 + 1'),
      name: `'cluster-' || i`,
      hypervisor: `'Simulator'`,
    }),
    rows('host', hosts, {
      id: id('host'),
      cluster: id('cluster', '(i - 1) / 100 + 1'),
      name: `'host-' || i`,
      url: `'simulator:host-' || i || '?delay=20&boot=200'`,
      underlay: `'10.100.0.0'::inet + i`,
      state: `case when i % 100 = 99 then 'Down' else 'Up' end`,
      facts: `jsonb_build_object('name', 'host-' || i, 'cpus', 64, 'memoryMiB', 262144, 'acceleration', 'none', 'hypervisorVersion', 'simulator 1')`,
      cpus: '64',
      memory_mib: '262144',
      hosttags: `case when i % 50 = 0 then '{ssd}'::text[] else '{}' end`,
      created: created(hosts),
    }),
    rows('host_seen', hosts, { host: id('host'), at: 'now()' }),
  ]
}

const tenants = ({ networks }: Sizes) => [
  rows('domain', 100, {
    id: id('domain'),
    parent: `(select id from domain where parent is null)`,
    name: `'domain-' || i`,
    path: `'ROOT/domain-' || i`,
  }),
  rows('account', networks, {
    id: id('account'),
    domain: id('domain', 'i % 100 + 1'),
    name: `'account-' || i`,
    type: `'User'`,
    role: `(select id from role where type = 'User' order by created, id limit 1)`,
    created: created(networks),
  }),
  rows('cloud_user', networks * 2, {
    id: id('user'),
    account: id('account', `(i - 1) % ${networks} + 1`),
    domain: id('domain', `((i - 1) % ${networks} + 1) % 100 + 1`),
    username: `'user-' || i`,
    firstname: `'First'`,
    lastname: `'Last'`,
    email: `'user-' || i || '@example.org'`,
    created: created(networks * 2),
  }),
  rows('user_data', networks, {
    id: id('userdata'),
    name: `'userdata-' || i`,
    userdata: `'I2Nsb3VkLWNvbmZpZwo='`,
    account: id('account'),
    created: created(networks),
  }),
  rows('ssh_keypair', networks, {
    id: id('keypair'),
    name: `'key-' || i`,
    public_key: `'ssh-ed25519 AAAA' || i`,
    fingerprint: `'SHA256:' || i`,
    account: id('account'),
    created: created(networks),
  }),
]

const OWNER = (networks: number) => id('account', `(i - 1) % ${networks} + 1`)

/** Every tenth of the networks is a tier; two tiers make a VPC. */
const nets = ({ networks }: Sizes) => {
  const vpcs = Math.max(1, Math.floor(networks / 20))
  const tier = 'i % 10 = 0'
  return [
    rows('vpc', vpcs, {
      id: id('vpc'),
      zone: id('zone', '1'),
      offering: `(select id from vpc_offering order by created, id limit 1)`,
      name: `'vpc-' || i`,
      displaytext: `'VPC ' || i`,
      cidr: `'10.0.0.0/8'`,
      networkdomain: `'vpc.internal'`,
      account: id('account'),
      created: created(vpcs),
    }),
    rows('network', networks, {
      id: id('network'),
      zone: id('zone', '1'),
      physical_network: id('physical', '1'),
      offering: `(select id from network_offering where forvpc = (${tier}) order by created, id limit 1)`,
      name: `'network-' || i`,
      displaytext: `'Network ' || i`,
      cidr: `set_masklen('10.0.0.0'::inet + i::bigint * 256, 24)::cidr`,
      gateway: `'10.0.0.1'::inet + i::bigint * 256`,
      networkdomain: `'cloud.internal'`,
      vni: '5000 + i',
      state: `'Implemented'`,
      vpc: `case when ${tier} then ${id('vpc', '(i / 10 - 1) / 2 + 1')} end`,
      account: id('account'),
      created: created(networks),
    }),
    rows('router', networks, {
      id: id('router'),
      zone: id('zone', '1'),
      network: `case when not ${tier} then ${id('network')} end`,
      vpc: `case when ${tier} then ${id('vpc', 'case when i / 10 % 2 = 1 then (i / 10 - 1) / 2 + 1 end')} end`,
      host: id('host', 'i'),
      linklocal: `'169.254.1.0'::inet + i`,
      host_key_private: `'sealed'`,
      host_key_public: `'ssh-ed25519 AAAA'`,
      image: `repeat('a', 64)`,
      state: `'Running'`,
      generation: '1',
      revision: '1',
      created: created(networks),
    }).concat(` where not (${tier}) or i / 10 % 2 = 1`),
    `insert into router_network (router, network, revision)
       select router.id, network.id, network.revision from router join network on network.id = router.network or network.vpc = router.vpc`,
    rows('vlan_range', 2, {
      id: id('range'),
      zone: id('zone', 'i'),
      physical_network: id('physical', 'i'),
      vlan: `'untagged'`,
      gateway: `'100.64.0.1'`,
      netmask: `'255.192.0.0'`,
      startip: `'100.64.0.2'`,
      endip: `'100.127.255.254'`,
    }),
    rows('public_ip', networks * 20, {
      id: id('ip'),
      range: id('range', '1'),
      address: `'100.64.0.1'::inet + i`,
      network: `case when i <= ${networks} * 4 and ((i - 1) % ${networks} + 1) % 10 <> 0 then ${id('network', `(i - 1) % ${networks} + 1`)} end`,
      is_source_nat: `i <= ${networks} and i % 10 <> 0`,
      allocated: `case when i <= ${networks} * 4 and ((i - 1) % ${networks} + 1) % 10 <> 0 then now() end`,
      account: `case when i <= ${networks} * 4 and ((i - 1) % ${networks} + 1) % 10 <> 0 then ${OWNER(networks)} end`,
    }),
    rows('network_acl_list', vpcs * 2, {
      id: id('acllist'),
      vpc: id('vpc', '(i - 1) / 2 + 1'),
      name: `'acl-' || i`,
      description: `''`,
    }),
    rows('network_acl', vpcs * 2 * 50, {
      id: id('acl'),
      list: id('acllist', '(i - 1) / 50 + 1'),
      number: '(i - 1) % 50 + 1',
      action: `'Allow'`,
      traffictype: `'Ingress'`,
      protocol: `'tcp'`,
      startport: 'i % 1000 + 1',
      endport: 'i % 1000 + 1',
    }),
  ]
}

const machines = ({ guests, networks, hosts }: Sizes) => [
  rows('guest', guests, {
    id: id('guest'),
    name: `'guest-' || i`,
    displayname: `'Guest number ' || i`,
    zone: id('zone', '1'),
    offering: `(select id from service_offering where not issystem order by created, id limit 1)`,
    template: `(select id from template where kind = 'guest' order by created, id limit 1)`,
    host: `case when i % 50 <> 0 then ${id('host', `i::bigint * 7919 % ${hosts} + 1`)} end`,
    hypervisor: `case when i % 50 <> 0 then 'Simulator' end`,
    desired: `case when i % 50 = 0 then 'Stopped' else 'Running' end`,
    state: `case when i % 50 = 0 then 'Stopped' else 'Running' end`,
    userdata_id: `case when i % 20 = 0 then ${id('userdata', `i % ${networks} + 1`)} end`,
    keypairs: `case when i % 10 = 0 then array['key-' || i % ${networks} + 1] else '{}' end`,
    instance_group: `case when i % 100 = 1 then ${id('group', `i % 100 + 1`)} end`,
    account: OWNER(networks),
    created: created(guests),
  }),
  rows('nic', guests, {
    id: id('nic'),
    guest: id('guest'),
    network: id('network', `(i - 1) % ${networks} + 1`),
    role: `'guest'`,
    device: '0',
    mac: `('02:00:' || regexp_replace(lpad(to_hex(i), 8, '0'), '(..)(..)(..)(..)', '\\1:\\2:\\3:\\4'))::macaddr`,
    address: `'10.0.0.10'::inet + ((i - 1) % ${networks} + 1)::bigint * 256 + (i - 1) / ${networks}`,
  }),
  `insert into nic (router, network, role, device, mac, address, plugged)
     select router.id, network.id, 'guest', 1 + row_number() over (partition by router.id order by network.id),
       ('06:00:' || regexp_replace(lpad(to_hex(network.vni), 8, '0'), '(..)(..)(..)(..)', '\\1:\\2:\\3:\\4'))::macaddr, network.gateway, true
     from router join network on network.id = router.network or network.vpc = router.vpc`,
  `insert into network_host (network, host)
     select distinct nic.network, guest.host from nic join guest on guest.id = nic.guest where guest.host is not null`,
  rows('nic_secondary_ip', Math.floor(guests / 10), {
    id: id('secondary'),
    nic: id('nic', 'i * 10'),
    network: id('network', `(i * 10 - 1) % ${networks} + 1`),
    address: `'10.0.0.130'::inet + ((i * 10 - 1) % ${networks} + 1)::bigint * 256 + (i * 10 - 1) / ${networks}`,
  }),
  rows('instance_group', 100, { id: id('group'), name: `'group-' || i`, account: id('account') }),
  rows('affinity_group', networks, {
    id: id('affinity'),
    name: `'affinity-' || i`,
    type: `'host anti-affinity'`,
    account: id('account'),
  }),
  rows('affinity_member', networks * 5, {
    affinity_group: id('affinity', '(i - 1) / 5 + 1'),
    guest: id('guest', `(i - 1) / 5 + 1 + (i - 1) % 5 * ${networks}`),
  }),
]

const rules = ({ guests, networks }: Sizes) => {
  const forwardings = networks * 50
  const balancers = networks * 5
  const at = (number: string): string => `case when (${number}) % 10 = 0 then (${number}) - 1 else ${number} end`
  const network = at(`(i - 1) % ${networks} + 1`)
  return [
    rows('ip_rule', forwardings, {
      id: id('forwarding'),
      public_ip: id('ip', network),
      network: id('network', network),
      purpose: `'PortForwarding'`,
      protocol: `'tcp'`,
      ports: `int4range(1000 + (i - 1) / ${networks} * 20 + i % 10, 1000 + (i - 1) / ${networks} * 20 + i % 10 + 1)`,
      created: created(forwardings),
    }),
    rows('port_forwarding', forwardings, {
      id: id('forwarding'),
      nic: id('nic', `${network} + (i - 1) / ${networks} % ${Math.floor(guests / networks)} * ${networks}`),
      private_port: '22',
    }),
    rows('ip_rule', balancers, {
      id: id('balancer'),
      public_ip: id('ip', `${network} + ${networks}`),
      network: id('network', network),
      purpose: `'LoadBalancing'`,
      protocol: `'tcp'`,
      ports: `int4range(80 + (i - 1) / ${networks} * 20 + i % 10, 80 + (i - 1) / ${networks} * 20 + i % 10 + 1)`,
      created: created(balancers),
    }),
    rows('vpn_user', networks, {
      id: id('vpnuser'),
      account: id('account'),
      username: `'user-' || i`,
      password: `'sealed'`,
      created: created(networks),
    }),
    rows('ip_rule', networks, {
      id: id('vpn'),
      public_ip: id('ip'),
      network: id('network'),
      purpose: `'Vpn'`,
      protocol: `'udp'`,
      ports: `int4range(500, 501)`,
      created: created(networks),
    }).concat(' where i % 10 <> 0'),
    rows('remote_access_vpn', networks, {
      id: id('vpn'),
      public_ip: id('ip'),
      rule: id('vpn'),
      protocol: `'ikev2'`,
      first_address: `'192.168.0.1'`,
      last_address: `'192.168.0.8'`,
      created: created(networks),
    }).concat(' where i % 10 <> 0'),
    rows('remote_access_certificate', networks, {
      vpn: id('vpn'),
      certificate: `'PEM'`,
      private_key: `'sealed'`,
      expires: `now() + interval '300 days'`,
    }).concat(' where i % 10 <> 0'),
    rows('remote_access_vpn', networks, {
      id: id('wireguard'),
      public_ip: id('ip'),
      rule: id('vpn'),
      protocol: `'wireguard'`,
      first_address: `'192.168.1.1'`,
      last_address: `'192.168.1.8'`,
      created: created(networks),
    }).concat(' where i % 10 <> 0'),
    rows('remote_access_wireguard', networks, {
      vpn: id('wireguard'),
      public_key: `'key'`,
      private_key: `'sealed'`,
    }).concat(' where i % 10 <> 0'),
    rows('wireguard_peer', networks, {
      vpn: id('wireguard'),
      vpn_user: id('vpnuser'),
      address: `'192.168.1.1'`,
      public_key: `'key'`,
      private_key: `'sealed'`,
      preshared_key: `'sealed'`,
    }).concat(' where i % 10 <> 0'),
    rows('load_balancer_rule', balancers, {
      id: id('balancer'),
      scheme: `'Public'`,
      ip_rule: id('balancer'),
      network: id('network', network),
      name: `'balancer-' || i`,
      protocol: `'tcp'`,
      algorithm: `'roundrobin'`,
      public_port: `80 + (i - 1) / ${networks} * 20 + i % 10`,
      private_port: '80',
      created: created(balancers),
    }),
    rows('load_balancer_member', balancers * 3, {
      rule: id('balancer', '(i - 1) / 3 + 1'),
      nic: id('nic', `(${at(`((i - 1) / 3) % ${networks} + 1`)}) + (i - 1) % 3 * ${networks}`),
    }),
    rows('firewall_rule', forwardings, {
      id: id('firewall'),
      kind: `case when i % 2 = 0 then 'Egress' else 'Ingress' end`,
      network: id('network', network),
      public_ip: `case when i % 2 = 1 then ${id('ip', network)} end`,
      traffictype: `case when i % 2 = 0 then 'Egress' else 'Ingress' end`,
      protocol: `'tcp'`,
      startport: 'i % 60000 + 1',
      endport: 'i % 60000 + 1',
      created: created(forwardings),
    }),
  ]
}

const tunnels = ({ networks }: Sizes) => {
  const vpcs = Math.max(1, Math.floor(networks / 20))
  return [
    rows('vpn_gateway', vpcs, { id: id('vpngateway'), vpc: id('vpc'), rule: id('forwarding'), created: created(vpcs) }),
    rows('vpn_customer_gateway', networks * 5, {
      id: id('customergateway'),
      account: OWNER(networks),
      name: `'peer-' || i`,
      gateway: `'198.51.100.1'`,
      cidrlist: `'{10.60.0.0/16}'`,
      ipsecpsk: `'sealed'`,
      ikepolicy: `'aes256-sha256;modp2048'`,
      esppolicy: `'aes256-sha256'`,
      ikelifetime: '86400',
      esplifetime: '3600',
      dpd: 'true',
      forceencap: 'false',
      splitconnections: 'false',
      ikeversion: `'ike'`,
      created: created(networks * 5),
    }),
    rows('vpn_connection', vpcs * 10, {
      id: id('vpnconnection'),
      vpn_gateway: id('vpngateway', '(i - 1) / 10 + 1'),
      customer_gateway: id('customergateway'),
      state: `'Connected'`,
      created: created(vpcs * 10),
    }),
  ]
}

const history = ({ guests, networks }: Sizes) => [
  rows('async_job', guests, {
    id: id('job'),
    cmd: `'deployVirtualMachine'`,
    target_kind: `'guest'`,
    target: id('guest'),
    revision: '1',
    jobstatus: '1',
    jobresult: `'{}'`,
    jobinstancetype: `'VirtualMachine'`,
    account: OWNER(networks),
    created: created(guests),
    completed: 'now()',
  }),
  rows('event', guests * 2, {
    id: id('event'),
    account: OWNER(networks),
    username: `'user-' || i`,
    type: `case when i % 2 = 0 then 'VM.CREATE' else 'VM.START' end`,
    level: `case when i % 100 = 0 then 'ERROR' else 'INFO' end`,
    state: `'Completed'`,
    description: `'event number ' || i`,
    resource: id('guest', '(i - 1) / 2 + 1'),
    resource_type: `'VirtualMachine'`,
    created: created(guests * 2),
  }),
  rows('usage_record', guests * 2, {
    id: id('usage'),
    type: '(i % 2) + 1',
    resource: id('guest', '(i - 1) / 2 + 1'),
    account: OWNER(networks),
    zone: id('zone', '1'),
    start_date: `date_trunc('day', now()) - interval '1 day'`,
    end_date: `date_trunc('day', now()) - interval '1 second'`,
    raw: '24',
    facts: `'{}'`,
  }),
  rows('traffic', guests, {
    kind: `'Guest'`,
    subject: id('nic'),
    network: id('network', `(i - 1) % ${networks} + 1`),
    guest: id('guest'),
    address: `'10.0.0.10'::inet + ((i - 1) % ${networks} + 1)::bigint * 256 + (i - 1) / ${networks}`,
  }),
  rows('resource_tag', guests, {
    id: id('tag'),
    resource_type: `'UserVm'`,
    resource: id('guest'),
    account: OWNER(networks),
    key: `'environment'`,
    value: `case when i % 10 = 0 then 'production' else 'test' end`,
    created: created(guests),
  }),
  rows('resource_detail', Math.floor(guests / 2), {
    id: id('detail'),
    resource_type: `'UserVm'`,
    resource: id('guest', 'i * 2'),
    account: OWNER(networks),
    key: `'purpose'`,
    value: `'bench'`,
    created: created(guests),
  }),
]

/**
 * A cloud of that size in a database that was migrated and seeded as a manager does. Rows are made by SQL, without the
 * triggers that keep a record of each: what they would have written is among them. Needs a superuser.
 */
export const seedBig = async (db: Kysely<Database>, sizes: Sizes = FULL): Promise<void> => {
  await db.connection().execute(async (connection) => {
    await sql`set session_replication_role = replica`.execute(connection)
    for (const make of [places, tenants, nets, machines, rules, tunnels, history])
      for (const statement of make(sizes)) await sql.raw(statement).execute(connection)
    await sql`set session_replication_role = origin`.execute(connection)
    await sql`select tally_all()`.execute(connection)
  })
  await sql`vacuum analyze`.execute(db)
}
