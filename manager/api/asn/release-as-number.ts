import { SysvmError } from '@sysvm/errors'
import { freeAsNumber, lockAsNumber } from '../../model/asn.ts'
import { findZone } from '../../model/zone.ts'
import { admins } from '../authorized.ts'
import { asn } from '../bgppeer/parameters.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'

export const releaseASNumber = defineCommand({
  name: 'releaseASNumber',
  authorized: admins,
  description: 'Frees a number of an autonomous system. One that a router speaks with is kept: delete its network.',
  since: '4.20.0',
  params: {
    zoneid: p.required(p.uuid('The zone.')),
    asnumber: p.required(asn('The number.')),
  },
  answer: 'success',
  response: successResponse,
  run: (context, { zoneid, asnumber }) =>
    write(context, async (trx) => {
      found(await findZone(trx, zoneid), 'zoneid', 'zone', zoneid)
      const row = await lockAsNumber(trx, zoneid, asnumber)
      if (row === undefined)
        throw new SysvmError('SYSVM_NOT_FOUND', `Parameter asnumber: the zone has no AS number ${asnumber}.`)
      const holder = row.network ?? row.vpc
      if (holder !== null)
        throw new SysvmError('SYSVM_IN_USE', `AS number ${asnumber} is that of ${holder}'s router: delete that first.`)
      await freeAsNumber(trx, row.id)
    }),
})
