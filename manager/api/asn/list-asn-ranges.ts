import { findAsnRanges } from '../../model/asn.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { listed, pageOf, paging } from '../paging.ts'
import * as p from '../parameter.ts'
import { asnRangeResponse, presentAsnRange } from './response.ts'

export const listASNRanges = defineCommand({
  name: 'listASNRanges',
  authorized: admins,
  description: 'Lists ranges of numbers of autonomous systems.',
  since: '4.20.0',
  params: {
    zoneid: p.uuid('Only those of this zone.'),
    keyword: p.text('Part of the first and last number.'),
    ...paging,
  },
  answer: 'list',
  response: asnRangeResponse,
  run: async ({ db }, params) =>
    listed(await findAsnRanges(db, { zone: params.zoneid, keyword: params.keyword }, pageOf(params)), presentAsnRange),
})
