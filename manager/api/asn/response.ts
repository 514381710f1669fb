import type { AsNumber, AsnRange } from '../../model/asn.ts'
import type { Owners } from '../owner.ts'
import { defineResponse, type Presented } from '../response.ts'

export const asnRangeResponse = defineResponse('asnumberrange', {
  id: ['string', "The range's id."],
  zoneid: ['string', 'Its zone.'],
  startasn: ['long', 'Its first number.'],
  endasn: ['long', 'Its last number.'],
  created: ['date', 'When it was made.'],
})

export const presentAsnRange = (row: AsnRange): Presented<typeof asnRangeResponse.fields> => ({
  id: row.id,
  zoneid: row.zone,
  startasn: Number(row.startasn),
  endasn: Number(row.endasn),
  created: row.created,
})

export const asNumberResponse = defineResponse('asnumber', {
  id: ['string', "The number's id."],
  account: ['string', 'Of an allocated one, the owning account.'],
  domainid: ['string', "Of an allocated one, the owner's domain."],
  domain: ['string', "Of an allocated one, name of the owner's domain."],
  asnumber: ['long', 'The number.'],
  asnrangeid: ['string', 'Its range.'],
  asnrange: ['string', 'First and last number of its range.'],
  zoneid: ['string', 'Its zone.'],
  zonename: ['string', "Its zone's name."],
  allocated: ['date', 'Since when somebody has it.'],
  allocationstate: ['string', 'Allocated or Free.'],
  associatednetworkid: ['string', 'The network whose router has it.'],
  associatednetworkname: ['string', 'Name of that network.'],
  vpcid: ['string', 'The VPC whose router has it.'],
  vpcname: ['string', 'Name of that VPC.'],
  created: ['date', 'When it was made.'],
})

export const presentAsNumber =
  (owners: Owners) =>
  (row: AsNumber): Presented<typeof asNumberResponse.fields> => {
    const taken = row.network !== null || row.vpc !== null
    const { account, domainid, domain } = owners(row.account)
    return {
      id: row.id,
      ...(taken ? { account, domainid, domain } : {}),
      asnumber: Number(row.asn),
      asnrangeid: row.range,
      asnrange: `${row.startasn}-${row.endasn}`,
      zoneid: row.zone,
      zonename: row.zonename,
      allocated: taken ? row.allocated : null,
      allocationstate: taken ? 'Allocated' : 'Free',
      associatednetworkid: row.network,
      associatednetworkname: row.networkname,
      vpcid: row.vpc,
      vpcname: row.vpcname,
      created: row.created,
    }
  }
