import { findLoadBalancerRule } from '../../model/loadbalancer.ts'
import { findSslCerts } from '../../model/loadbalancer-cert.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { ownersIn, ownersOf } from '../owner.ts'
import { LARGEST_PAGE, listedFrom } from '../paging.ts'
import * as p from '../parameter.ts'
import { presentSslCert, sslCertResponse } from './response.ts'

export const listSslCerts = defineCommand({
  name: 'listSslCerts',
  authorized: everyone,
  description: 'Lists certificates.',
  params: {
    certid: p.uuid('Only the certificate of this id.'),
    lbruleid: p.uuid('Only certificates that this load balancer rule shows.'),
    accountid: p.uuid('Only certificates of this account.'),
    projectid: p.uuid('Only certificates of this project.'),
  },
  answer: 'list',
  response: sslCertResponse,
  run: async (context, params) => {
    const { db } = context
    const { certid, lbruleid, accountid, projectid } = params
    const named = certid !== undefined || lbruleid !== undefined
    const accounts =
      accountid === undefined ? (named ? undefined : await ownersOf(context, { projectid })) : [accountid]
    if (lbruleid !== undefined)
      found(await findLoadBalancerRule(db, lbruleid), 'lbruleid', 'load balancer rule', lbruleid)
    const certs = await findSslCerts(db, { accounts, id: certid, rule: lbruleid })
    if (certid !== undefined && lbruleid === undefined) found(certs[0], 'certid', 'certificate', certid)
    return listedFrom(certs.map(presentSslCert(await ownersIn(db, certs))), { limit: LARGEST_PAGE, offset: 0 })
  },
})
