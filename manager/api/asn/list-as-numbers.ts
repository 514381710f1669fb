import { findAsNumbers } from '../../model/asn.ts'
import { admins } from '../authorized.ts'
import { asn } from '../bgppeer/parameters.ts'
import { defineCommand } from '../command.ts'
import { accountOwner, ownersIn, ownersOf } from '../owner.ts'
import { listed, pageOf, paging } from '../paging.ts'
import * as p from '../parameter.ts'
import { asNumberResponse, presentAsNumber } from './response.ts'

export const listASNumbers = defineCommand({
  name: 'listASNumbers',
  authorized: admins,
  description: 'Lists numbers of autonomous systems and who has them.',
  since: '4.20.0',
  params: {
    zoneid: p.uuid('Only those of this zone.'),
    asnrangeid: p.uuid('Only those of this range.'),
    asnumber: asn('Only this number.'),
    networkid: p.uuid("Only that of this network's router."),
    vpcid: p.uuid("Only that of this VPC's router."),
    isallocated: p.boolean('True: only those that somebody has; false: only free ones.'),
    keyword: p.text('Part of the number.'),
    ...accountOwner,
    ...paging,
  },
  answer: 'list',
  response: asNumberResponse,
  run: async (context, params) => {
    const { zoneid: zone, asnrangeid: range, asnumber, networkid: network, vpcid: vpc, isallocated, keyword } = params
    const accounts =
      params.account === undefined && params.domainid === undefined ? undefined : await ownersOf(context, params)
    const filter = { accounts, zone, range, asn: asnumber, network, vpc, allocated: isallocated, keyword }
    const numbers = await findAsNumbers(context.db, filter, pageOf(params))
    return listed(numbers, presentAsNumber(await ownersIn(context.db, numbers.rows)))
  },
})
