import { SysvmError } from '@sysvm/errors'
import { findGuest, lockGuest, reviseGuest } from '../../model/guest.ts'
import { findNics } from '../../model/nic.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { ownersIn } from '../owner.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { reviseGuestNetworks } from './job.ts'
import { refuseUnlessMayExpunge } from './may-expunge.ts'
import { guestResponse, presentGuest } from './response.ts'
import { requireRoomAgain, requireUnchanged } from './room.ts'

export const recoverVirtualMachine = defineCommand({
  name: 'recoverVirtualMachine',
  authorized: everyone,
  description: 'Brings a destroyed guest back, stopped.',
  params: { id: p.required(p.uuid('The guest.')) },
  answer: 'object',
  response: guestResponse,
  run: async (context, { id }) => {
    await refuseUnlessMayExpunge(context)
    return write(context, async (trx) => {
      // Before the guest is held, as wherever something is taken.
      const seen = found(await findGuest(trx, id), 'id', 'guest', id)
      if (seen.desired === 'Destroyed') await requireRoomAgain(trx, seen)
      const guest = found(await lockGuest(trx, id), 'id', 'guest', id)
      requireUnchanged(seen, guest)
      if (guest.desired !== 'Destroyed')
        throw new SysvmError(
          'SYSVM_RESOURCE_STATE',
          `Guest ${guest.name} is not destroyed, so there is nothing to recover.`,
        )
      await reviseGuest(trx, id, { desired: 'Stopped', destroyed: null })
      await reviseGuestNetworks(context, trx, id)
      await context.jobs.wake(trx, 'guest', id)
      const nics = await findNics(trx, { guests: [id] })
      const now = found(await findGuest(trx, id), 'id', 'guest', id)
      return presentGuest(await ownersIn(trx, [now]), nics)(now)
    })
  },
})
