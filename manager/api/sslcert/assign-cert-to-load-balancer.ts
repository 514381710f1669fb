import { SysvmError } from '@sysvm/errors'
import { certsOfRule, lockSslCert, type SslCert, setCertsOfRule } from '../../model/loadbalancer-cert.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { refuseForeign } from '../cross-account.ts'
import { found } from '../found.ts'
import { changeRule } from '../loadbalancer/job.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'

/** The router's own limit, which its spec has too. */
const MOST_CERTS = 100

const serves = (cert: SslCert, other: SslCert): boolean => cert.names.some((name) => other.names.includes(name))

interface How {
  readonly forced: boolean
  readonly additional: boolean
}

/** The certificates after the assignment, by id; a renewed one keeps the place of the one it replaces. */
const assigned = (rule: string, there: readonly SslCert[], cert: SslCert, { forced, additional }: How): string[] => {
  if (there.some(({ id }) => id === cert.id)) return there.map(({ id }) => id)
  if (there.length === 0 || (forced && !additional)) return [cert.id]
  if (!additional)
    throw new SysvmError(
      'SYSVM_NETWORK_CONFLICT',
      `The load balancer rule ${rule} has the certificate ${there[0]?.id}: forced=true puts ${cert.id} in its place.`,
    )
  const place = forced ? there.findIndex((one) => serves(one, cert)) : -1
  if (place < 0) return [...there.map(({ id }) => id), cert.id]
  return there.flatMap((one, index) => {
    if (index === place) return [cert.id]
    return serves(one, cert) ? [] : [one.id]
  })
}

export const assignCertToLoadBalancer = defineCommand({
  name: 'assignCertToLoadBalancer',
  authorized: everyone,
  description: 'Has a load balancer rule of protocol ssl show a certificate; connections under way keep the old one.',
  params: {
    lbruleid: p.required(p.uuid('The load balancer rule.')),
    certid: p.required(p.uuid('The certificate.')),
    forced: p.boolean('True: in place of the one it has; with additional, of those for the same names.'),
    additional: p.boolean('True: beside those it has; clients get the one for the name they ask for. Of sysvm alone.'),
  },
  answer: 'job',
  response: successResponse,
  run: (context, { lbruleid, certid, forced = false, additional = false }) =>
    changeRule(context, lbruleid, {
      cmd: 'assignCertToLoadBalancer',
      parameter: 'lbruleid',
      instancetype: 'LoadBalancerCert',
      work: async (trx, rule) => {
        const cert = found(await lockSslCert(trx, certid), 'certid', 'certificate', certid)
        const { account } = await trx
          .selectFrom('network')
          .select('account')
          .where('id', '=', rule.network)
          .executeTakeFirstOrThrow()
        refuseForeign(account, cert, 'certid', `the certificate ${cert.name}`)
        if (rule.protocol !== 'ssl')
          throw new SysvmError(
            'SYSVM_API_PARAMETER',
            `Parameter lbruleid: the load balancer rule ${rule.id} is of protocol ${rule.protocol}, not ssl.`,
          )
        const certs = assigned(rule.id, await certsOfRule(trx, rule.id), cert, { forced, additional })
        if (certs.length > MOST_CERTS)
          throw new SysvmError('SYSVM_CAPACITY', `The rule would have more than ${MOST_CERTS} certificates.`)
        await setCertsOfRule(trx, rule.id, certs)
      },
    }),
})
