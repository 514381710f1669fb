import { SysvmError } from '@sysvm/errors'
import { findGuest, lockGuest, nameTaken, networksOfGuest, reviseGuest } from '../../model/guest.ts'
import { findNics } from '../../model/nic.ts'
import { changes } from '../changes.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { reviseGuestNetworks } from './job.ts'
import { guestResponse, presentGuest } from './response.ts'
import { requireDesired } from './state.ts'
import { readUserData } from './userdata.ts'

export const updateVirtualMachine = defineCommand({
  name: 'updateVirtualMachine',
  description: "Changes a guest's names or user data; its router serves them at once.",
  params: {
    id: p.required(p.uuid('The guest.')),
    name: p.hostLabel('New host name, taken by the guest at its next lease.'),
    displayname: p.text('New name for people.'),
    userdata: p.text('New user data in base64; empty removes it.', 1_100_000),
    displayvm: p.only('Whether it is shown.', true),
    haenable: p.only('Whether it is started elsewhere when its host fails.', false),
    isdynamicallyscalable: p.only('Whether it can be resized while it runs.', false),
  },
  unsupported: [
    'cleanupdetails',
    'customid',
    'deleteprotection',
    'details',
    'dhcpoptionsnetworklist',
    'extraconfig',
    'group',
    'instancename',
    'leaseduration',
    'leaseexpiryaction',
    'ostypeid',
    'securitygroupids',
    'securitygroupnames',
    'userdatadetails',
    'userdataid',
  ],
  answer: 'object',
  response: guestResponse,
  run: (context, { id, name, displayname, userdata }) => {
    const data = userdata === undefined ? undefined : userdata === '' ? null : readUserData(userdata)
    return write(context, async (trx) => {
      const guest = found(await lockGuest(trx, id), 'id', 'guest', id)
      requireDesired(guest, ['Running', 'Stopped'])
      if (name !== undefined)
        for (const network of await networksOfGuest(trx, id))
          if (await nameTaken(trx, network, name, id))
            throw new SysvmError(
              'SYSVM_API_PARAMETER',
              `Parameter name: a network of the guest has one named ${name} already.`,
            )
      await reviseGuest(trx, id, changes({ name, displayname, userdata: data }))
      await reviseGuestNetworks(context, trx, id)
      const nics = await findNics(trx, { guests: [id] })
      return presentGuest(context.caller, nics)(found(await findGuest(trx, id), 'id', 'guest', id))
    })
  },
})
