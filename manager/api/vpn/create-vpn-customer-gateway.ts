import { randomUUID } from 'node:crypto'
import { insertVpnCustomerGateway } from '../../model/vpncustomergateway.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { owner, ownerFor } from '../owner.ts'
import { sealed } from '../sealed.ts'
import { write } from '../write.ts'
import { customerGatewayParams, customerGatewayValues } from './parameters.ts'
import { pskContext, vpnCustomerGatewayResponse } from './response.ts'
import { vpnCustomerGatewayResult } from './result.ts'

export const createVpnCustomerGateway = defineCommand({
  name: 'createVpnCustomerGateway',
  authorized: everyone,
  description: 'Notes down the gateway of another site: where it is, what is behind it and how it is spoken to.',
  params: { ...customerGatewayParams, ...owner },
  answer: 'job',
  response: vpnCustomerGatewayResponse,
  result: vpnCustomerGatewayResult,
  run: (context, params) => {
    const id = randomUUID()
    return write(context, async (trx) => {
      const account = await ownerFor(context, trx, params)
      const ipsecpsk = sealed(context, pskContext(id), params.ipsecpsk)
      const values = await customerGatewayValues(trx, params)
      await insertVpnCustomerGateway(trx, { id, account, ipsecpsk, ...values })
      return { jobid: await doneJob(trx, 'createVpnCustomerGateway', 'VpnCustomerGateway', id), id }
    })
  },
})
