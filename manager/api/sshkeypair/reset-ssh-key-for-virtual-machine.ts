import { SysvmError } from '@sysvm/errors'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { changeGuest, guestWithPassword } from '../guest/job.ts'
import { makePassword, passwordColumns } from '../guest/password.ts'
import { guestResponse } from '../guest/response.ts'
import { requireDesired } from '../guest/state.ts'
import { owner, refuseOtherOwner } from '../owner.ts'
import * as p from '../parameter.ts'
import { namedKeypairs } from './name.ts'

export const resetSSHKeyForVirtualMachine = defineCommand({
  name: 'resetSSHKeyForVirtualMachine',
  authorized: everyone,
  description: 'Gives a stopped guest other SSH keys and, with them, another password.',
  params: {
    id: p.required(p.uuid('The guest.')),
    keypair: p.text('Name of its key pair.'),
    keypairs: p.words('Names of its key pairs.'),
    ...owner,
  },
  answer: 'job',
  response: guestResponse,
  result: guestWithPassword,
  run: async (context, params) => {
    const { id } = params
    return changeGuest(context, id, {
      cmd: 'resetSSHKeyForVirtualMachine',
      values: async (guest, trx) => {
        await refuseOtherOwner(context, trx, params, guest.account)
        requireDesired(guest, ['Stopped'])
        const keys = await namedKeypairs(trx, guest.account, params)
        if (keys === undefined)
          throw new SysvmError(
            'SYSVM_API_PARAMETER',
            'resetSSHKeyForVirtualMachine needs keypair or keypairs: give one.',
          )
        return { ...keys, ...passwordColumns(context, id, makePassword(), keys.public_keys) }
      },
      networks: true,
    })
  },
})
