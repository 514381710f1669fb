import { SysvmError } from '@sysvm/errors'
import { deleteIpv6PrefixRow, findIpv6Prefix } from '../../model/ipv6prefix.ts'
import { lockZone } from '../../model/zone.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'

export const deleteGuestNetworkIpv6Prefix = defineCommand({
  name: 'deleteGuestNetworkIpv6Prefix',
  authorized: admins,
  subject: 'ipv6_prefix',
  description: 'Removes an IPv6 prefix that no network uses.',
  since: '4.17.0.0',
  params: { id: p.required(p.uuid('The prefix.')) },
  answer: 'job',
  response: successResponse,
  run: (context, { id }) =>
    write(context, async (trx) => {
      const { zone } = found(await findIpv6Prefix(trx, id), 'id', 'IPv6 prefix', id)
      // Networks take their /64 under the zone's lock.
      await lockZone(trx, zone)
      const { prefix, used } = found(await findIpv6Prefix(trx, id), 'id', 'IPv6 prefix', id)
      if (used > 0)
        throw new SysvmError('SYSVM_IN_USE', `${used} networks have a /64 of the prefix ${prefix}: delete them first.`)
      await deleteIpv6PrefixRow(trx, id)
      return { jobid: await doneJob(trx, 'deleteGuestNetworkIpv6Prefix', 'GuestNetworkIpv6Prefix', id) }
    }),
})
