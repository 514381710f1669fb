import { parseCidr } from '@sysvm/agent/spec'
import type { Nic } from '../../model/nic.ts'
import { defineResponse, type Presented } from '../response.ts'

export const nicFields = {
  id: ['string', "The nic's id."],
  networkid: ['string', 'Its network.'],
  networkname: ['string', "Its network's name."],
  netmask: ['string', 'Its netmask.'],
  gateway: ['string', 'Its gateway.'],
  ipaddress: ['string', 'Its address.'],
  broadcasturi: ['string', 'How its network is kept apart from others.'],
  isolationuri: ['string', 'The same as broadcasturi.'],
  traffictype: ['string', 'Guest, Public or Control.'],
  type: ['string', 'Isolated, for guest traffic.'],
  isdefault: ['boolean', 'Whether the default route goes by it.'],
  macaddress: ['string', 'Its MAC address.'],
  deviceid: ['string', 'Its place in the machine: 0 is eth0.'],
  virtualmachineid: ['string', 'The guest that has it.'],
} as const

export const nicResponse = defineResponse('nic', nicFields)

const TRAFFIC = { guest: 'Guest', public: 'Public', control: 'Control', private: 'Guest' } as const

const netmaskOf = (nic: Nic): string | null =>
  nic.netmask ?? nic.publicnetmask ?? (nic.cidr === null ? null : parseCidr(nic.cidr).netmask)

export const presentNic = (nic: Nic): Presented<typeof nicFields> => {
  const broadcasturi = nic.vni === null ? (nic.role === 'public' ? 'vlan://untagged' : null) : `vxlan://${nic.vni}`
  return {
    id: nic.id,
    networkid: nic.network,
    networkname: nic.networkname,
    netmask: netmaskOf(nic),
    gateway: nic.gateway ?? nic.gatewayaddress,
    ipaddress: nic.address ?? nic.publicaddress,
    broadcasturi,
    isolationuri: broadcasturi,
    traffictype: TRAFFIC[nic.role],
    type: nic.role === 'guest' ? 'Isolated' : null,
    isdefault: nic.guest === null ? nic.role === 'public' : nic.device === 0,
    macaddress: nic.mac,
    deviceid: String(nic.device),
    virtualmachineid: nic.guest,
  }
}
