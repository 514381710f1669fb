import { overlaps6, parseCidr6 } from '@sysvm/agent/spec'
import { SysvmError } from '@sysvm/errors'
import { findIpv6Prefix, insertIpv6Prefix, publicIpv6OfZone } from '../../model/ipv6prefix.ts'
import { lockZone } from '../../model/zone.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { ipv6PrefixResponse, presentIpv6Prefix } from './response.ts'

const conflict = (sentence: string) => new SysvmError('SYSVM_NETWORK_CONFLICT', sentence)

export const createGuestNetworkIpv6Prefix = defineCommand({
  name: 'createGuestNetworkIpv6Prefix',
  authorized: admins,
  description: 'Adds a prefix of which networks with IPv6 get a /64 each.',
  since: '4.17.0.0',
  params: {
    zoneid: p.required(p.uuid('The zone.')),
    prefix: p.required(p.network6('The prefix, from /16 to /64, routed to the zone.')),
  },
  answer: 'job',
  response: ipv6PrefixResponse,
  result: async ({ db }, id) => {
    const row = await findIpv6Prefix(db, id)
    return row && presentIpv6Prefix(row)
  },
  run: (context, { zoneid, prefix }) => {
    const length = parseCidr6(prefix).prefix
    if (length < 16 || length > 64)
      throw new SysvmError('SYSVM_API_PARAMETER', `Parameter prefix: ${prefix} has no length from 16 to 64.`)
    return write(context, async (trx) => {
      found(await lockZone(trx, zoneid), 'zoneid', 'zone', zoneid)
      const outside = (await publicIpv6OfZone(trx, zoneid)).find((cidr) => overlaps6(cidr, prefix))
      if (outside !== undefined) throw conflict(`The prefix ${prefix} overlaps the public network ${outside}.`)
      const made = await insertIpv6Prefix(trx, { zone: zoneid, prefix })
      if ('overlaps' in made) throw conflict(`The prefix ${prefix} overlaps ${made.overlaps}, which the zone has.`)
      return {
        jobid: await doneJob(trx, 'createGuestNetworkIpv6Prefix', 'GuestNetworkIpv6Prefix', made.id),
        id: made.id,
      }
    })
  },
})
