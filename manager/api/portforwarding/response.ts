import type { ForwardingRule } from '../../model/nat.ts'
import { defineResponse, type Presented } from '../response.ts'

const fields = {
  id: ['string', "The rule's id."],
  privateport: ['string', 'First port at the guest.'],
  privateendport: ['string', 'Last port at the guest.'],
  protocol: ['string', 'tcp or udp.'],
  publicport: ['string', 'First port of the public address.'],
  publicendport: ['string', 'Last port of the public address.'],
  virtualmachineid: ['string', 'The guest.'],
  virtualmachinename: ['string', "The guest's name."],
  virtualmachinedisplayname: ['string', "The guest's name for people."],
  vmguestip: ['string', "The guest's address."],
  ipaddressid: ['string', 'The public address, by its id.'],
  ipaddress: ['string', 'The public address.'],
  networkid: ['string', 'The network of the guest.'],
  state: ['string', 'Active, or Add until its router has it.'],
  cidrlist: ['string', 'Of a tier: sources that are let through, all when absent.'],
  fordisplay: ['boolean', 'Always true.'],
} as const

export const portForwardingResponse = defineResponse('portforwardingrule', fields)
export const ipForwardingResponse = defineResponse('ipforwardingrule', fields)

export const presentForwarding = (row: ForwardingRule): Presented<typeof fields> => {
  const privatePort = row.private_port ?? row.first
  return {
    id: row.id,
    // Text, as CloudStack has it.
    privateport: String(privatePort),
    privateendport: String(privatePort + row.last - row.first),
    protocol: row.protocol,
    publicport: String(row.first),
    publicendport: String(row.last),
    virtualmachineid: row.guest,
    virtualmachinename: row.guestname,
    virtualmachinedisplayname: row.guestdisplayname,
    vmguestip: row.guestaddress,
    ipaddressid: row.publicip,
    ipaddress: row.publicaddress,
    networkid: row.network,
    state: row.held ? 'Active' : 'Add',
    cidrlist: row.cidrs === null || row.cidrs.length === 0 ? null : row.cidrs.join(','),
    fordisplay: true,
  }
}
