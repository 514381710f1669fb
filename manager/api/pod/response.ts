import type { Pod } from '../../model/pod.ts'
import { capacityShown } from '../capacity/shown.ts'
import { cidrOf } from '../range.ts'
import { defineResponse, type Presented } from '../response.ts'

export const podResponse = defineResponse('pod', {
  id: ['string', "The pod's id."],
  name: ['string', 'Its name.'],
  zoneid: ['string', 'Its zone.'],
  zonename: ['string', "Its zone's name."],
  gateway: ['string', 'Gateway of the management network.'],
  netmask: ['string', 'Netmask of the management network.'],
  ipranges: [
    'list',
    'Management addresses for system VMs.',
    {
      gateway: ['string', 'Gateway of the range.'],
      cidr: ['string', 'Network of the range.'],
      startip: ['string', 'First address.'],
      endip: ['string', 'Last address.'],
      forsystemvms: ['string', '1: for system VMs.'],
    },
  ],
  startip: ['list', 'First addresses of the ranges.'],
  endip: ['list', 'Last addresses of the ranges.'],
  forsystemvms: ['list', '1 for each range that is for system VMs.'],
  allocationstate: ['string', 'Enabled when new things may be placed here.'],
  ...capacityShown,
})

export const presentPod = (pod: Pod): Presented<typeof podResponse.fields> => {
  const endip = pod.endip ?? pod.startip
  const { gateway, netmask, startip } = pod
  return {
    id: pod.id,
    name: pod.name,
    zoneid: pod.zone,
    zonename: pod.zonename,
    gateway,
    netmask,
    ipranges: [{ gateway, cidr: cidrOf(gateway, netmask), startip, endip, forsystemvms: '1' }],
    startip: [startip],
    endip: [endip],
    forsystemvms: ['1'],
    allocationstate: pod.allocationstate,
  }
}
