import { SysvmError } from '@sysvm/errors'
import { requireRoom } from '../../model/limit/room.ts'
import { findPublicIp, lockPublicIp, stateOfPublicIp, updatePublicIp } from '../../model/publicip.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { owner, ownerFor, ownersIn } from '../owner.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { refuseKept } from './keep.ts'
import { ipAddressResponse, presentPublicIp } from './response.ts'

export const reserveIpAddress = defineCommand({
  name: 'reserveIpAddress',
  authorized: everyone,
  description: 'Keeps a free public address for associateIpAddress; nothing else takes it.',
  since: '4.17',
  params: {
    id: p.required(p.uuid('The address.')),
    fordisplay: p.only('Whether it is shown.', true),
    ...owner,
  },
  answer: 'object',
  response: ipAddressResponse,
  run: (context, params) => {
    return write(context, async (trx) => {
      const { id } = params
      const account = await ownerFor(context, trx, params)
      await requireRoom(trx, account, { public_ip: 1 })
      const held = found(await lockPublicIp(trx, id), 'id', 'public address', id)
      const state = stateOfPublicIp(held)
      if (state !== 'Free')
        throw new SysvmError('SYSVM_IN_USE', `The public address ${id} is ${state}: only a free one can be reserved.`)
      await refuseKept(trx, held, { account, room: 1, parameter: 'id' })
      await updatePublicIp(trx, id, { reserved: true, account })
      const row = found(await findPublicIp(trx, id), 'id', 'public address', id)
      return presentPublicIp(await ownersIn(trx, [row]))(row)
    })
  },
})
