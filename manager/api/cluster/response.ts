import type { Cluster } from '../../model/cluster.ts'
import { capacityShown } from '../capacity/shown.ts'
import { defineResponse, type Presented } from '../response.ts'

export const clusterResponse = defineResponse('cluster', {
  id: ['string', "The cluster's id."],
  name: ['string', 'Its name.'],
  podid: ['string', 'Its pod.'],
  podname: ['string', "Its pod's name."],
  zoneid: ['string', 'Its zone.'],
  zonename: ['string', "Its zone's name."],
  hypervisortype: ['string', 'KVM: virtual machines; Container: the same images without a hypervisor.'],
  clustertype: ['string', 'CloudManaged.'],
  allocationstate: ['string', 'Enabled when new things may be placed here.'],
  managedstate: ['string', 'Managed.'],
  ...capacityShown,
})

export const presentCluster = (cluster: Cluster): Presented<typeof clusterResponse.fields> => ({
  id: cluster.id,
  name: cluster.name,
  podid: cluster.pod,
  podname: cluster.podname,
  zoneid: cluster.zone,
  zonename: cluster.zonename,
  hypervisortype: cluster.hypervisor,
  clustertype: 'CloudManaged',
  allocationstate: cluster.allocationstate,
  managedstate: 'Managed',
})
