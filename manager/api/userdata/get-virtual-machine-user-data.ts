import { findGuest } from '../../model/guest.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { defineResponse } from '../response.ts'

export const getVirtualMachineUserData = defineCommand({
  name: 'getVirtualMachineUserData',
  authorized: everyone,
  description: 'Tells the user data that a guest is served.',
  since: '4.4',
  params: { virtualmachineid: p.required(p.uuid('The guest.')) },
  answer: 'object',
  response: defineResponse('virtualmachineuserdata', {
    virtualmachineid: ['string', 'The guest.'],
    userdata: ['string', 'Its user data in base64.'],
  }),
  run: async ({ db }, { virtualmachineid: id }) => {
    const guest = found(await findGuest(db, id), 'virtualmachineid', 'guest', id)
    return { virtualmachineid: guest.id, userdata: guest.servedUserdata ?? '' }
  },
})
