import { SysvmError } from '@sysvm/errors'
import { deleteSslCertRow, lockSslCert } from '../../model/loadbalancer-cert.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'

export const deleteSslCert = defineCommand({
  name: 'deleteSslCert',
  authorized: everyone,
  subject: 'ssl_cert',
  description: 'Deletes a certificate that no load balancer rule shows.',
  params: { id: p.required(p.uuid('The certificate.')) },
  answer: 'success',
  response: successResponse,
  run: (context, { id }) =>
    write(context, async (trx) => {
      const { rules } = found(await lockSslCert(trx, id), 'id', 'certificate', id)
      if (rules.length > 0)
        throw new SysvmError(
          'SYSVM_IN_USE',
          `The load balancer rule ${rules[0]} shows the certificate: removeCertFromLoadBalancer first.`,
        )
      await deleteSslCertRow(trx, id)
    }),
})
