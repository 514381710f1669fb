import { SysvmError } from '@sysvm/errors'
import { lockBgpPeer, updateBgpPeerRow } from '../../model/bgppeer.ts'
import { admins } from '../authorized.ts'
import { changes } from '../changes.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { sealed } from '../sealed.ts'
import { write } from '../write.ts'
import { bgpPeerResult, peersChanged } from './job.ts'
import { asn, detailsOf, password } from './parameters.ts'
import { bgpPeerResponse } from './response.ts'

export const updateBgpPeer = defineCommand({
  name: 'updateBgpPeer',
  authorized: admins,
  description: 'Changes a BGP peer; its sessions begin anew, those of other peers go on.',
  since: '4.20.0',
  params: {
    id: p.required(p.uuid('The peer.')),
    asnumber: asn('New number of its autonomous system.'),
    ipaddress: p.ipv4('New IPv4 address.'),
    ip6address: p.ipv6('New IPv6 address.'),
    password: password('New password.'),
    details: p.map('New details, in the place of all that were set.'),
    cleanupdetails: p.boolean('True: all details are removed.'),
  },
  answer: 'job',
  response: bgpPeerResponse,
  result: bgpPeerResult,
  run: async (context, params) => {
    const { id, asnumber, ipaddress, ip6address, cleanupdetails } = params
    if (params.details !== undefined && cleanupdetails)
      throw new SysvmError('SYSVM_API_PARAMETER', 'Parameter cleanupdetails: it excludes details: give one of the two.')
    const details = cleanupdetails ? {} : params.details && detailsOf(params.details)
    return write(context, async (trx) => {
      const peer = found(await lockBgpPeer(trx, id), 'id', 'BGP peer', id)
      const secret = params.password === undefined ? undefined : sealed(context, `bgppeer/${id}`, params.password)
      await updateBgpPeerRow(trx, id, {
        ...changes({
          asnumber: asnumber === undefined ? undefined : String(asnumber),
          ipaddress,
          ip6address,
          password: secret,
          details: details && JSON.stringify(details),
        }),
      })
      return peersChanged(context, trx, 'updateBgpPeer', peer)
    })
  },
})
