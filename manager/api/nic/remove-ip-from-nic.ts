import { SysvmError } from '@sysvm/errors'
import { balancingTo } from '../../model/loadbalancer.ts'
import { lockGuestNic } from '../../model/nic.ts'
import { deleteSecondaryIpRow, findSecondaryIp, forwardingTo, staticNatTo } from '../../model/secondaryip.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'

export const removeIpFromNic = defineCommand({
  name: 'removeIpFromNic',
  authorized: everyone,
  subject: 'nic_secondary_ip',
  description: 'Gives up a further address of a nic.',
  params: { id: p.required(p.uuid('The further address.')) },
  answer: 'job',
  response: successResponse,
  run: (context, { id }) =>
    write(context, async (trx) => {
      const { nic, address, guest } = found(await findSecondaryIp(trx, id), 'id', 'further address', id)
      await lockGuestNic(trx, nic)
      const by = await staticNatTo(trx, nic, address)
      if (by !== undefined)
        throw new SysvmError(
          'SYSVM_IN_USE',
          `The public address ${by.address} (${by.id}) leads to ${address} (${id}): disable its static NAT first.`,
        )
      const rule = await forwardingTo(trx, nic, address)
      if (rule !== undefined)
        throw new SysvmError(
          'SYSVM_IN_USE',
          `The port forwarding ${rule} leads to ${address} (${id}): delete it first.`,
        )
      const balancer = await balancingTo(trx, id)
      if (balancer !== undefined)
        throw new SysvmError(
          'SYSVM_IN_USE',
          `The load balancer rule ${balancer} leads to ${address} (${id}): removeFromLoadBalancerRule first.`,
        )
      await deleteSecondaryIpRow(trx, id)
      if (guest !== null) await context.jobs.wake(trx, 'guest', guest)
      return { jobid: await doneJob(trx, 'removeIpFromNic', 'NicSecondaryIp', id) }
    }),
})
