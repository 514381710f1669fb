import { findGuest, lockGuest, reviseGuest } from '../../model/guest.ts'
import { findNics } from '../../model/nic.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { ownersIn } from '../owner.ts'
import { write } from '../write.ts'
import { reviseGuestNetworks } from './job.ts'
import { guestResponse, presentGuest } from './response.ts'
import { requireUnchanged } from './room.ts'
import { newSize, requireRoomFor, scaleParams } from './scale.ts'
import { requireDesired } from './state.ts'

export const changeServiceForVirtualMachine = defineCommand({
  name: 'changeServiceForVirtualMachine',
  authorized: everyone,
  description: 'Gives a stopped guest another size, with which it starts next.',
  params: scaleParams,
  unsupported: ['maxiops', 'miniops', 'shrinkok'],
  answer: 'object',
  response: guestResponse,
  run: (context, { id, ...params }) =>
    write(context, async (trx) => {
      const seen = await requireRoomFor(trx, { id, ...params })
      const guest = found(await lockGuest(trx, id), 'id', 'guest', id)
      requireUnchanged(seen, guest)
      requireDesired(guest, ['Stopped'])
      await reviseGuest(trx, id, await newSize(context, trx, guest, params))
      await reviseGuestNetworks(context, trx, id)
      const now = found(await findGuest(trx, id), 'id', 'guest', id)
      return presentGuest(await ownersIn(trx, [now]), await findNics(trx, { guests: [id] }))(now)
    }),
})
