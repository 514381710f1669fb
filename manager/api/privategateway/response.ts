import type { PrivateGateway } from '../../model/privategateway.ts'
import type { Owners } from '../owner.ts'
import { defineResponse, ownerShown, type Presented } from '../response.ts'

export const privateGatewayResponse = defineResponse('privategateway', {
  id: ['string', "The private gateway's id."],
  gateway: ['string', 'Next hop behind it.'],
  netmask: ['string', 'Netmask of its network.'],
  ipaddress: ['string', "The VPC router's address there."],
  zoneid: ['string', 'Its zone.'],
  zonename: ['string', "Its zone's name."],
  vlan: ['string', 'untagged.'],
  vpcid: ['string', 'Its VPC.'],
  vpcname: ['string', "Its VPC's name."],
  physicalnetworkid: ['string', 'The physical network it leads into.'],
  ...ownerShown,
  state: ['string', 'Ready once the router has it, else Creating, or Deleting.'],
  sourcenatsupported: ['boolean', "Whether guests leave by it under the router's address."],
  aclid: ['string', 'The list that decides what passes.'],
  aclname: ['string', 'Name of that list.'],
})

export const presentPrivateGateway =
  (owners: Owners) =>
  (row: PrivateGateway): Presented<typeof privateGatewayResponse.fields> => ({
    id: row.id,
    gateway: row.gateway,
    netmask: row.netmask,
    ipaddress: row.address,
    zoneid: row.zone,
    zonename: row.zonename,
    vlan: row.vlan,
    vpcid: row.vpc,
    vpcname: row.vpcname,
    physicalnetworkid: row.physical_network,
    ...owners(row.account),
    state: row.shown,
    sourcenatsupported: row.source_nat,
    aclid: row.acl,
    aclname: row.aclname,
  })
