import { SysvmError } from '@sysvm/errors'
import { settleAddress } from '../../model/nat.ts'
import { updatePublicIp } from '../../model/publicip.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { lockOwnedAddress, reviseOwner, startAddressJob } from '../publicip/owned.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'

export const disableStaticNat = defineCommand({
  name: 'disableStaticNat',
  authorized: everyone,
  description: 'Ends that a public address stands for one guest, with its IP forwarding rules and the flows by it.',
  params: { ipaddressid: p.required(p.uuid('The public address.')) },
  answer: 'job',
  response: successResponse,
  run: (context, { ipaddressid }) =>
    write(context, async (trx) => {
      const { id, owner, static_nat_nic: nic } = await lockOwnedAddress(context, trx, ipaddressid)
      if (nic === null)
        throw new SysvmError('SYSVM_API_PARAMETER', `Parameter ipaddressid: the address ${id} has no static NAT.`)
      await updatePublicIp(trx, id, { static_nat_nic: null, static_nat_address: null })
      await settleAddress(trx, id)
      return startAddressJob(context, trx, 'disableStaticNat', owner, await reviseOwner(trx, owner), id)
    }),
})
