import type { BgpPeer } from '../../model/bgppeer.ts'
import { defineResponse, type Presented } from '../response.ts'

export const bgpPeerResponse = defineResponse('bgppeer', {
  id: ['string', "The peer's id."],
  ipaddress: ['string', 'Its IPv4 address.'],
  ip6address: ['string', 'Its IPv6 address.'],
  asnumber: ['long', 'Number of its autonomous system.'],
  zoneid: ['string', 'Its zone.'],
  zonename: ['string', "Its zone's name."],
  created: ['date', 'When it was made.'],
  account: ['string', 'Of a dedicated one, the owning account.'],
  projectid: ['string', 'The project that owns it, instead of an account.'],
  project: ['string', "That project's name."],
  domainid: ['string', "Of a dedicated one, the owner's domain."],
  domain: ['string', "Of a dedicated one, name of the owner's domain."],
  details: ['map', 'EBGP_MultiHop, HoldTime, MaximumPrefixes and Import, where they are set.'],
})

/** The password is never shown. */
export const presentBgpPeer = (row: BgpPeer): Presented<typeof bgpPeerResponse.fields> => ({
  id: row.id,
  ipaddress: row.ipaddress,
  ip6address: row.ip6address,
  asnumber: Number(row.asnumber),
  zoneid: row.zone,
  zonename: row.zonename,
  created: row.created,
  account: row.accountname,
  projectid: row.project,
  project: row.projectname,
  domainid: row.ofdomain,
  domain: row.domainname,
  details: Object.keys(row.details).length === 0 ? null : row.details,
})
