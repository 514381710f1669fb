import { SysvmError } from '@sysvm/errors'
import { findLoadBalancerRule } from '../../model/loadbalancer.ts'
import { findSslCerts } from '../../model/loadbalancer-cert.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { listedFrom, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { presentSslCert, sslCertResponse } from './response.ts'

export const listSslCerts = defineCommand({
  name: 'listSslCerts',
  description: 'Lists certificates.',
  since: '4.3.0',
  params: {
    certid: p.uuid('Only the certificate of this id.'),
    lbruleid: p.uuid('Only certificates that this load balancer rule shows.'),
    accountid: p.uuid('Only certificates of this account.'),
    ...search,
  },
  unsupported: ['projectid'],
  answer: 'list',
  response: sslCertResponse,
  run: async ({ db, caller }, params) => {
    const { certid, lbruleid, accountid } = params
    if (accountid !== undefined && accountid !== caller.accountid)
      throw new SysvmError('SYSVM_API_PARAMETER', `Parameter accountid: no account has the id ${accountid}.`)
    if (lbruleid !== undefined)
      found(await findLoadBalancerRule(db, lbruleid), 'lbruleid', 'load balancer rule', lbruleid)
    const certs = await findSslCerts(db, { id: certid, rule: lbruleid })
    if (certid !== undefined && lbruleid === undefined) found(certs[0], 'certid', 'certificate', certid)
    const named = certs.filter(({ name }) => name.includes(params.keyword ?? ''))
    return listedFrom(named.map(presentSslCert(caller)), pageOf(params))
  },
})
