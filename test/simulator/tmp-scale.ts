import { sql } from 'kysely'
import { startApi } from './api.ts'
import { openTestCluster } from './manager.ts'
const lab = await openTestCluster()
try {
  await using api = await startApi(lab.cluster)
  const { call, db } = api
  const z: any = (await call('createZone', { name: 'z', dns1: '192.0.2.53', internaldns1: '192.0.2.53', networktype: 'Advanced' })).body.zone
  const pn: any = (await call('createPhysicalNetwork', { zoneid: z.id, name: 'p', vlan: '1-100000' })).body
  const pod: any = (await call('createPod', { zoneid: z.id, name: 'p', gateway: '192.0.2.1', netmask: '255.255.255.0', startip: '192.0.2.10' })).body.pod
  const cl: any = (await call('addCluster', { zoneid: z.id, podid: pod.id, clustername: 'c', clustertype: 'CloudManaged', hypervisor: 'KVM' })).body.cluster
  const c = cl[0].id
  await sql`insert into host (cluster, name, url) select ${c}, 'h'||i, 'ssh://root@h'||i||':22' from generate_series(1,30000) i`.execute(db)
  await sql`insert into network (zone, physical_network, offering, name, displaytext, cidr, gateway, networkdomain, vni) select ${z.id}, ${pn.id}, (select id from network_offering limit 1), 'n'||i, '', '10.1.0.0/16', '10.1.0.1', 'a.b', i from generate_series(1,10000) i`.execute(db)
  await sql`insert into guest (name, displayname, zone, offering, template, host, state) select 'g'||i, 'g'||i, ${z.id}, (select id from service_offering where not issystem limit 1), (select id from template where kind='guest'), h.id, 'Running' from generate_series(1,100000) i join (select id, row_number() over () r from host) h on h.r = i % 30000 + 1`.execute(db)
  await sql`insert into nic (guest, network, role, device, mac, address) select g.id, n.id, 'guest', 0, ('02:00:'||lpad(to_hex(g.number/16777216),2,'0')||':'||lpad(to_hex(g.number/65536%256),2,'0')||':'||lpad(to_hex(g.number/256%256),2,'0')||':'||lpad(to_hex(g.number%256),2,'0'))::macaddr, '10.1.0.1'::inet + g.number from guest g join (select id, row_number() over () r from network) n on n.r = g.number % 10000 + 1`.execute(db)
  await sql`analyze`.execute(db)
  const g: any = (await call('listVirtualMachines', { page: '1', pagesize: '1' })).body
  for (const [cmd, p] of [['listHosts', {}], ['listHosts', { page: '50', pagesize: '100' }], ['listVirtualMachines', {}], ['listVirtualMachines', { page: '1', pagesize: '20' }], ['listVirtualMachines', { page: '900', pagesize: '100' }], ['listVirtualMachines', { id: g.virtualmachine[0].id }], ['listVirtualMachines', { hostid: g.virtualmachine[0].hostid }], ['listVirtualMachines', { networkid: g.virtualmachine[0].nic[0].networkid }], ['listVirtualMachines', { keyword: 'g9999', page: '1', pagesize: '20' }], ['listNetworks', {}], ['listNetworks', { page: '1', pagesize: '100' }]] as const) {
    const times = []
    for (let i = 0; i < 5; i++) { const t = performance.now(); await call(cmd, p as any); times.push(performance.now() - t) }
    console.log(cmd, JSON.stringify(p), times.map((t) => t.toFixed(0)).join(' '))
  }
} finally { await lab.remove() }
process.exit(0)
