import { type PublicIp, stateOfPublicIp } from '../../model/publicip.ts'
import type { Owners } from '../owner.ts'
import { defineResponse, ownerShown, type Presented } from '../response.ts'

const fields = {
  id: ['string', "The address's id."],
  ipaddress: ['string', 'The address.'],
  allocated: ['date', 'When it was taken.'],
  zoneid: ['string', 'Its zone.'],
  zonename: ['string', "Its zone's name."],
  issourcenat: ['boolean', 'Whether its network or VPC goes out by it.'],
  isstaticnat: ['boolean', 'Whether it stands for one guest.'],
  issystem: ['boolean', 'Whether it was taken by the manager on its own.'],
  virtualmachineid: ['string', 'The guest that it stands for.'],
  virtualmachinename: ['string', "That guest's name."],
  virtualmachinedisplayname: ['string', "That guest's name for people."],
  virtualmachinetype: ['string', 'User.'],
  vmipaddress: ['string', "That guest's address."],
  ...ownerShown,
  forvirtualnetwork: ['boolean', 'True: for networks behind routers.'],
  vlanid: ['string', 'Its range.'],
  vlanname: ['string', 'The VLAN of its range.'],
  associatednetworkid: ['string', 'The network that has it; of a VPC, the one tier that it leads to.'],
  associatednetworkname: ['string', "That network's name."],
  vpcid: ['string', 'The VPC that has it.'],
  vpcname: ['string', "That VPC's name."],
  hasrules: ['boolean', 'Whether rules of any kind use it.'],
  state: ['string', 'Allocated, Free, Reserved, or Releasing while its router still has it.'],
  physicalnetworkid: ['string', 'The physical network that carries it.'],
  purpose: ['string', 'SourceNat, StaticNat or Lb; absent for none of them.'],
  isportable: ['boolean', 'Whether it may move between zones.'],
  fordisplay: ['boolean', 'Always true.'],
  forsystemvms: ['boolean', 'Whether it is kept for system VMs.'],
} as const

/** Lists name their items otherwise than commands about one address do. */
export const publicIpResponse = defineResponse('publicipaddress', fields)
export const ipAddressResponse = defineResponse('ipaddress', fields)

const purposeOf = (row: PublicIp): string | null => {
  if (row.is_source_nat) return 'SourceNat'
  if (row.static_nat_nic !== null) return 'StaticNat'
  return row.balances ? 'Lb' : null
}

export const presentPublicIp =
  (owners: Owners) =>
  (row: PublicIp): Presented<typeof fields> => {
    return {
      id: row.id,
      ipaddress: row.address,
      allocated: row.allocated,
      zoneid: row.zone,
      zonename: row.zonename,
      issourcenat: row.is_source_nat,
      isstaticnat: row.static_nat_nic !== null,
      issystem: false,
      virtualmachineid: row.guest,
      virtualmachinename: row.guestname,
      virtualmachinedisplayname: row.guestdisplayname,
      virtualmachinetype: row.guest === null ? null : 'User',
      vmipaddress: row.guestaddress,
      ...owners(row.account),
      forvirtualnetwork: true,
      vlanid: row.range,
      vlanname: `vlan://${row.vlan}`,
      associatednetworkid: row.network,
      associatednetworkname: row.networkname,
      vpcid: row.vpc,
      vpcname: row.vpcname,
      hasrules: row.hasrules,
      state: stateOfPublicIp(row),
      physicalnetworkid: row.physical_network,
      purpose: purposeOf(row),
      isportable: false,
      fordisplay: true,
      forsystemvms: false,
    }
  }
