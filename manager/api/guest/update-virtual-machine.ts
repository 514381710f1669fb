import { SysvmError } from '@sysvm/errors'
import { findGuest, lockGuest, nameTaken, networksOfGuest, reviseGuest } from '../../model/guest.ts'
import { findNics, setDhcpOptions } from '../../model/nic.ts'
import { everyone } from '../authorized.ts'
import { changes } from '../changes.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { ownersIn } from '../owner.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { checkOptionNetworks, readDhcpOptions } from './dhcpoptions.ts'
import { reviseGuestNetworks } from './job.ts'
import { guestResponse, presentGuest } from './response.ts'
import { requireDesired } from './state.ts'
import { chosenUserData } from './userdata.ts'

export const updateVirtualMachine = defineCommand({
  name: 'updateVirtualMachine',
  authorized: everyone,
  description: "Changes a guest's names, user data or DHCP options; its router serves them at once.",
  params: {
    id: p.required(p.uuid('The guest.')),
    name: p.hostLabel('New host name, taken by the guest at its next lease.'),
    displayname: p.text('New name for people.'),
    userdata: p.secret('New user data in base64; empty removes it.', 1_100_000),
    userdataid: p.uuid('Registered user data, instead of userdata.'),
    userdatadetails: p.map('New values of the variables of its user data: entries of name=value.'),
    dhcpoptionsnetworklist: p.map(
      'New DHCP options of nics: entries of networkid and dhcp:CODE=value; they replace all.',
    ),
    displayvm: p.only('Whether it is shown.', true),
    haenable: p.only('Whether it is started elsewhere when its host fails.', false),
    isdynamicallyscalable: p.only('Whether it can be resized while it runs.', false),
  },
  unsupported: [
    'cleanupdetails',
    'customid',
    'deleteprotection',
    'details',
    'extraconfig',
    'group',
    'instancename',
    'leaseduration',
    'leaseexpiryaction',
    'ostypeid',
    'securitygroupids',
    'securitygroupnames',
  ],
  answer: 'object',
  response: guestResponse,
  run: (context, params) => {
    const { id, name, displayname } = params
    const options = readDhcpOptions(params.dhcpoptionsnetworklist ?? [])
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
      checkOptionNetworks(options, await networksOfGuest(trx, id))
      for (const [network, wanted] of options) await setDhcpOptions(trx, id, network, wanted)
      await reviseGuest(trx, id, {
        ...changes({ name, displayname }),
        ...(await chosenUserData(trx, guest.account, params)),
      })
      await reviseGuestNetworks(context, trx, id)
      const nics = await findNics(trx, { guests: [id] })
      const now = found(await findGuest(trx, id), 'id', 'guest', id)
      return presentGuest(await ownersIn(trx, [now]), nics)(now)
    })
  },
})
