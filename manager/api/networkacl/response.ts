import type { AclItem, AclList } from '../../model/acl.ts'
import { defineResponse, type Presented } from '../response.ts'

export const aclListResponse = defineResponse('networkacllist', {
  id: ['string', "The list's id."],
  name: ['string', 'Its name.'],
  description: ['string', 'What it is, for people.'],
  vpcid: ['string', 'The VPC it is of; absent: every VPC can use it.'],
  vpcname: ['string', "The VPC's name."],
  fordisplay: ['boolean', 'Always true.'],
})

export const presentAclList = (row: AclList): Presented<typeof aclListResponse.fields> => ({
  id: row.id,
  name: row.name,
  description: row.description,
  vpcid: row.vpc,
  vpcname: row.vpcname,
  fordisplay: true,
})

export const aclItemResponse = defineResponse('networkacl', {
  id: ['string', "The item's id."],
  protocol: ['string', 'tcp, udp, icmp, all, or the number of another protocol.'],
  startport: ['string', 'First port; absent: all.'],
  endport: ['string', 'Last port.'],
  traffictype: ['string', 'Ingress: to the guests. Egress: from them.'],
  state: ['string', 'Active once all routers that use the list have it, until then Add.'],
  cidrlist: ['string', 'Networks of the other side.'],
  icmptype: ['integer', 'ICMP type; -1: all.'],
  icmpcode: ['integer', 'ICMP code; -1: all.'],
  tags: ['list', 'Its tags; none.'],
  aclid: ['string', 'The list.'],
  aclname: ['string', "The list's name."],
  number: ['integer', 'Its place: the smallest number that matches decides.'],
  action: ['string', 'Allow or Deny.'],
  fordisplay: ['boolean', 'Always true.'],
  reason: ['string', 'Why it is there, for people.'],
})

const textOf = (port: number | null): string | null => (port === null ? null : String(port))

export const presentAclItem = (row: AclItem): Presented<typeof aclItemResponse.fields> => ({
  id: row.id,
  protocol: row.protocol,
  startport: textOf(row.startport),
  endport: textOf(row.endport),
  traffictype: row.traffictype,
  state: row.held ? 'Active' : 'Add',
  cidrlist: row.cidrlist.join(','),
  icmptype: row.protocol === 'icmp' ? (row.icmptype ?? -1) : null,
  icmpcode: row.protocol === 'icmp' ? (row.icmpcode ?? -1) : null,
  tags: [],
  aclid: row.list,
  aclname: row.listname,
  number: row.number,
  action: row.action,
  fordisplay: true,
  reason: row.reason,
})
