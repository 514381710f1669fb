import type { Host } from '../../model/host.ts'
import { defineResponse, type Presented } from '../response.ts'
import { hostAddress } from './url.ts'

const MIB = 1024 * 1024

export const hostResponse = defineResponse('host', {
  id: ['string', "The host's id."],
  name: ['string', 'Its name.'],
  state: ['string', 'Connecting, Up, Down or Alert.'],
  type: ['string', 'Routing: it runs guests and system VMs.'],
  ipaddress: ['string', 'Address at which the manager reaches it.'],
  zoneid: ['string', 'Its zone.'],
  zonename: ['string', "Its zone's name."],
  podid: ['string', 'Its pod.'],
  podname: ['string', "Its pod's name."],
  clusterid: ['string', 'Its cluster.'],
  clustername: ['string', "Its cluster's name."],
  clustertype: ['string', 'CloudManaged.'],
  hypervisor: ['string', 'KVM or Container.'],
  hypervisorversion: ['string', "The hypervisor's version."],
  cpunumber: ['integer', 'Processors.'],
  cpuallocatedvalue: ['long', 'Processors promised to guests and routers.'],
  cpuallocatedpercentage: ['string', 'Share of the processors promised to guests and routers.'],
  memorytotal: ['long', 'Memory in bytes.'],
  memoryallocated: ['long', 'Memory promised to guests and routers, in bytes.'],
  memoryallocatedbytes: ['long', 'The same as memoryallocated.'],
  memoryallocatedpercentage: ['string', 'Share of the memory promised to guests and routers.'],
  capabilities: ['string', 'kvm, tcg or container: what carries its machines.'],
  islocalstorageactive: ['boolean', "Whether guests' disks are on it."],
  lastpinged: ['date', 'When it last answered.'],
  created: ['date', 'When it was added.'],
  hosttags: ['string', 'Its tags, with commas between them.'],
  explicithosttags: ['string', 'The same as hosttags.'],
  istagarule: ['boolean', 'Whether the tags are a rule.'],
  disksizetotal: ['long', 'Bytes where images and disks are kept.'],
  cpuallocated: ['string', 'The same as cpuallocatedpercentage.'],
  resourcestate: ['string', 'Enabled, Disabled, PrepareForMaintenance, Maintenance or ErrorInMaintenance.'],
  hahost: ['boolean', 'Whether it is kept free for others that fail.'],
  annotation: ['string', 'Why it is not Up.'],
  username: ['string', 'User the manager logs in as.'],
})

const percentage = (part: number, whole: number): string => `${whole > 0 ? ((part / whole) * 100).toFixed(2) : '0'}%`

const ACCELERATION: Readonly<Record<string, string>> = { kvm: 'kvm', tcg: 'tcg', none: 'container' }

export const presentHost = (host: Host): Presented<typeof hostResponse.fields> => {
  const { address, user } = hostAddress(host.url)
  const facts = host.facts ?? {}
  return {
    id: host.id,
    name: host.name,
    state: host.state,
    type: 'Routing',
    ipaddress: address,
    zoneid: host.zone,
    zonename: host.zonename,
    podid: host.pod,
    podname: host.podname,
    clusterid: host.cluster,
    clustername: host.clustername,
    clustertype: 'CloudManaged',
    hypervisor: host.hypervisor,
    hypervisorversion: typeof facts.hypervisorVersion === 'string' ? facts.hypervisorVersion : null,
    cpunumber: host.cpus,
    cpuallocatedvalue: host.cpusallocated,
    cpuallocatedpercentage: percentage(host.cpusallocated, host.cpus),
    memorytotal: host.memory_mib * MIB,
    memoryallocated: host.memoryallocated * MIB,
    memoryallocatedbytes: host.memoryallocated * MIB,
    memoryallocatedpercentage: percentage(host.memoryallocated, host.memory_mib),
    capabilities: ACCELERATION[String(facts.acceleration)],
    islocalstorageactive: true,
    lastpinged: host.seen,
    created: host.created,
    hosttags: host.hosttags.length > 0 ? host.hosttags.join(',') : null,
    explicithosttags: host.hosttags.length > 0 ? host.hosttags.join(',') : null,
    istagarule: false,
    disksizetotal: typeof facts.storageTotal === 'number' ? facts.storageTotal : null,
    cpuallocated: percentage(host.cpusallocated, host.cpus),
    resourcestate: host.resourcestate,
    hahost: false,
    annotation: host.reason,
    username: user,
  }
}
