import { findGuest, lockGuest, reviseGuest } from '../../model/guest.ts'
import { findNics } from '../../model/nic.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { reviseGuestNetworks } from '../guest/job.ts'
import { guestResponse, presentGuest } from '../guest/response.ts'
import { requireDesired } from '../guest/state.ts'
import { chosenUserData } from '../guest/userdata.ts'
import { owner, ownersIn, refuseOtherOwner } from '../owner.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'

export const resetUserDataForVirtualMachine = defineCommand({
  name: 'resetUserDataForVirtualMachine',
  authorized: everyone,
  description: 'Gives a stopped guest other user data; without any it has none.',
  params: {
    id: p.required(p.uuid('The guest.')),
    userdata: p.secret('User data in base64, gzipped or not.', 1_100_000),
    userdataid: p.uuid('Registered user data.'),
    userdatadetails: p.map('Values of its variables: entries of name=value.'),
    ...owner,
  },
  answer: 'object',
  response: guestResponse,
  run: (context, params) => {
    const { id } = params
    return write(context, async (trx) => {
      const guest = found(await lockGuest(trx, id), 'id', 'guest', id)
      await refuseOtherOwner(context, trx, params, guest.account)
      requireDesired(guest, ['Stopped'])
      await reviseGuest(trx, id, {
        userdata: null,
        userdata_id: null,
        userdata_details: '{}',
        ...(await chosenUserData(trx, guest.account, params)),
      })
      await reviseGuestNetworks(context, trx, id)
      const nics = await findNics(trx, { guests: [id] })
      const now = found(await findGuest(trx, id), 'id', 'guest', id)
      return presentGuest(await ownersIn(trx, [now]), nics)(now)
    })
  },
})
