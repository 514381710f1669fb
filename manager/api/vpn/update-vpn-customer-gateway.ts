import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import { lockVpc, reviseVpc } from '../../model/vpc.ts'
import { stateAnew, vpcsOfCustomerGateway } from '../../model/vpnconnection.ts'
import { lockVpnCustomerGateway, updateVpnCustomerGatewayRow } from '../../model/vpncustomergateway.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { found } from '../found.ts'
import { accountOwner, refuseOtherOwner } from '../owner.ts'
import * as p from '../parameter.ts'
import { sealed, unsealed } from '../sealed.ts'
import { write } from '../write.ts'
import { refusePeerOverlap } from './overlap.ts'
import { customerGatewayParams, customerGatewayValues } from './parameters.ts'
import { pskContext, vpnCustomerGatewayResponse } from './response.ts'
import { vpnCustomerGatewayResult } from './result.ts'

export const updateVpnCustomerGateway = defineCommand({
  name: 'updateVpnCustomerGateway',
  authorized: everyone,
  description:
    'Changes the gateway of another site; its connections are set up anew, unless only the name changes. What is left out becomes the default again.',
  params: { id: p.required(p.uuid('The customer gateway.')), ...customerGatewayParams, ...accountOwner },
  answer: 'job',
  response: vpnCustomerGatewayResponse,
  result: vpnCustomerGatewayResult,
  run: (context, params) => {
    const { id } = params
    return write(context, async (trx) => {
      const before = found(await lockVpnCustomerGateway(trx, id), 'id', 'VPN customer gateway', id)
      await refuseOtherOwner(context, trx, params, before.account)
      const values = await customerGatewayValues(trx, params)
      const known = { ...before, ipsecpsk: unsealed(context, pskContext(id), before.ipsecpsk) }
      const wanted = { ...values, name: before.name, ipsecpsk: params.ipsecpsk }
      // A name is nothing to routers: tunnels stay. Of the rest they learn each when it can; the job does not wait for them.
      const changed = !isDeepStrictEqual({ ...known, ...wanted }, known)
      for (const vpcId of changed ? await vpcsOfCustomerGateway(trx, id) : []) {
        const vpc = await lockVpc(trx, vpcId)
        if (vpc === undefined) continue
        await refusePeerOverlap(trx, vpc, { id, ...values })
        const revision = (await reviseVpc(trx, vpcId)) ?? 0
        await trx
          .updateTable('vpn_connection')
          .set({ revision, resets: sql`resets + 1`, state: stateAnew, reason: null })
          .where('customer_gateway', '=', id)
          .where('vpn_gateway', 'in', (eb) => eb.selectFrom('vpn_gateway').select('id').where('vpc', '=', vpcId))
          .execute()
        await context.jobs.wake(trx, 'vpc', vpcId)
      }
      const ipsecpsk = sealed(context, pskContext(id), params.ipsecpsk)
      await updateVpnCustomerGatewayRow(trx, id, { ...values, ipsecpsk })
      return { jobid: await doneJob(trx, 'updateVpnCustomerGateway', 'VpnCustomerGateway', id), id }
    })
  },
})
