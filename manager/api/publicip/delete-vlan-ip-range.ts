import { SysvmError } from '@sysvm/errors'
import { deleteVlanRangeRow, takenOfRange, usersOfRange6 } from '../../model/vlanrange.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'

export const deleteVlanIpRange = defineCommand({
  name: 'deleteVlanIpRange',
  authorized: admins,
  subject: 'vlan_range',
  description: 'Removes a range of public addresses that no network uses.',
  params: { id: p.required(p.uuid('The range.')) },
  answer: 'success',
  response: successResponse,
  run: async (context, { id }) => {
    await write(context, async (trx) => {
      const taken = await takenOfRange(trx, id)
      if (taken.length > 0)
        throw new SysvmError(
          'SYSVM_IN_USE',
          `Networks use ${taken.length} addresses of the range, ${taken[0]?.address} for one.`,
        )
      const [user] = await usersOfRange6(trx, id)
      if (user !== undefined)
        throw new SysvmError('SYSVM_IN_USE', `Networks with IPv6 use the range, ${user} for one: delete them first.`)
      found((await deleteVlanRangeRow(trx, id)) || undefined, 'id', 'range', id)
    })
  },
})
