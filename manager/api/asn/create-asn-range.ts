import { SysvmError } from '@sysvm/errors'
import { insertAsnRange } from '../../model/asn.ts'
import { lockZone } from '../../model/zone.ts'
import { admins } from '../authorized.ts'
import { asn } from '../bgppeer/parameters.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { asnRangeResponse, presentAsnRange } from './response.ts'

/** Every number has a row. */
const LARGEST = 10_000

export const createASNRange = defineCommand({
  name: 'createASNRange',
  authorized: admins,
  description: 'Gives a zone numbers of autonomous systems, of which each dynamically routed network gets one.',
  since: '4.20.0',
  params: {
    zoneid: p.required(p.uuid('The zone.')),
    startasn: p.required(asn('First number.')),
    endasn: p.required(asn('Last number; at most 10000 numbers.')),
  },
  answer: 'object',
  response: asnRangeResponse,
  run: async (context, { zoneid, startasn, endasn }) => {
    if (endasn < startasn)
      throw new SysvmError('SYSVM_API_PARAMETER', `Parameter endasn: ${endasn} is before startasn ${startasn}.`)
    if (endasn - startasn >= LARGEST)
      throw new SysvmError('SYSVM_API_PARAMETER', `Parameter endasn: a range has at most ${LARGEST} numbers.`)
    return presentAsnRange(
      await write(context, async (trx) => {
        const zone = found(await lockZone(trx, zoneid), 'zoneid', 'zone', zoneid)
        return insertAsnRange(trx, { zone: zone.id, startasn: String(startasn), endasn: String(endasn) })
      }),
    )
  },
})
