import { SysvmError } from '@sysvm/errors'
import { lockVlanRange, updateVlanRangeRow } from '../../model/vlanrange.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'

export const releasePublicIpRange = defineCommand({
  name: 'releasePublicIpRange',
  authorized: admins,
  subject: 'vlan_range',
  description: "Makes a dedicated range everyone's; who has addresses of it keeps them.",
  params: { id: p.required(p.uuid('The range.')) },
  answer: 'success',
  response: successResponse,
  run: (context, { id }) =>
    write(context, async (trx) => {
      const range = found(await lockVlanRange(trx, id), 'id', 'range', id)
      if (range.account === null && range.domain === null)
        throw new SysvmError('SYSVM_RESOURCE_STATE', `The range ${id} is not dedicated to anybody.`)
      await updateVlanRangeRow(trx, id, { account: null, domain: null })
    }),
})
