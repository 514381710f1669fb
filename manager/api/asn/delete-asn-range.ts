import { SysvmError } from '@sysvm/errors'
import { deleteAsnRangeRow, lockAsnRange, usedAsNumber } from '../../model/asn.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'

export const deleteASNRange = defineCommand({
  name: 'deleteASNRange',
  authorized: admins,
  subject: 'asn_range',
  description: 'Takes numbers of autonomous systems away from a zone; none of them may be in use.',
  since: '4.20.0',
  params: { id: p.required(p.uuid('The range.')) },
  answer: 'success',
  response: successResponse,
  run: (context, { id }) =>
    write(context, async (trx) => {
      found(await lockAsnRange(trx, id), 'id', 'range of AS numbers', id)
      const used = await usedAsNumber(trx, id)
      if (used !== undefined)
        throw new SysvmError('SYSVM_IN_USE', `AS number ${used} of the range is in use: delete its network first.`)
      await deleteAsnRangeRow(trx, id)
    }),
})
