import { SysvmError } from '@sysvm/errors'
import { stateOfPublicIp, updatePublicIp } from '../../model/publicip.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'
import { lockAddress } from './owned.ts'

export const releaseIpAddress = defineCommand({
  name: 'releaseIpAddress',
  authorized: everyone,
  subject: 'public_ip',
  description: 'Makes a reserved public address a free one again.',
  since: '4.17',
  params: { id: p.required(p.uuid('The address.')) },
  answer: 'success',
  response: successResponse,
  run: (context, { id }) =>
    write(context, async (trx) => {
      const state = stateOfPublicIp(await lockAddress(context, trx, id, 'id'))
      if (state !== 'Reserved')
        throw new SysvmError(
          'SYSVM_RESOURCE_STATE',
          `The public address ${id} is ${state}, not Reserved; one that a network has goes by disassociateIpAddress.`,
        )
      await updatePublicIp(trx, id, { reserved: false, account: null })
    }),
})
