import { randomUUID } from 'node:crypto'
import { SysvmError } from '@sysvm/errors'
import { insertBgpPeer } from '../../model/bgppeer.ts'
import { findZone } from '../../model/zone.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { owner } from '../owner.ts'
import * as p from '../parameter.ts'
import { dedicationOf } from '../publicip/dedication.ts'
import { sealed } from '../sealed.ts'
import { write } from '../write.ts'
import { bgpPeerResult, peersChanged } from './job.ts'
import { asn, detailsOf, password } from './parameters.ts'
import { bgpPeerResponse } from './response.ts'

export const createBgpPeer = defineCommand({
  name: 'createBgpPeer',
  authorized: admins,
  description: 'Names a BGP router of the site, with which routers of dynamically routed networks exchange routes.',
  since: '4.20.0',
  params: {
    zoneid: p.required(p.uuid('The zone.')),
    asnumber: p.required(asn('Number of its autonomous system, 16 or 32 bits.')),
    ipaddress: p.ipv4('Its IPv4 address; this or ip6address.'),
    ip6address: p.ipv6('Its IPv6 address.'),
    password: password('Password of the sessions (TCP MD5), kept sealed and never shown.'),
    details: p.map(
      'EBGP_MultiHop (1-255), HoldTime (seconds), MaximumPrefixes, Import (none, default or all; default: default).',
    ),
    ...owner,
  },
  answer: 'job',
  response: bgpPeerResponse,
  result: bgpPeerResult,
  run: async (context, params) => {
    const { zoneid, ipaddress, ip6address, asnumber } = params
    if (ipaddress === undefined && ip6address === undefined)
      throw new SysvmError(
        'SYSVM_API_PARAMETER',
        'Parameter ipaddress: a peer has an IPv4 or an IPv6 address: give one.',
      )
    const details = detailsOf(params.details)
    const id = randomUUID()
    return write(context, async (trx) => {
      const whose = await dedicationOf(context, trx, params)
      const zone = found(await findZone(trx, zoneid), 'zoneid', 'zone', zoneid)
      await insertBgpPeer(trx, {
        id,
        zone: zone.id,
        ipaddress: ipaddress ?? null,
        ip6address: ip6address ?? null,
        asnumber: String(asnumber),
        password: params.password === undefined ? null : sealed(context, `bgppeer/${id}`, params.password),
        details: JSON.stringify(details),
        dedicated: whose !== undefined,
        ...whose,
      })
      return peersChanged(context, trx, 'createBgpPeer', { id, zone: zone.id })
    })
  },
})
