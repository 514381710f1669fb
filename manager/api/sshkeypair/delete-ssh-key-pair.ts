import { SysvmError } from '@sysvm/errors'
import { deleteSshKeypairNamed } from '../../model/sshkeypair.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { owner, ownerFor } from '../owner.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'

export const deleteSSHKeyPair = defineCommand({
  name: 'deleteSSHKeyPair',
  authorized: everyone,
  description: 'Forgets a key pair; guests keep the keys that they were given.',
  params: { name: p.required(p.name('Its name.')), ...owner },
  answer: 'success',
  response: successResponse,
  run: async (context, params) => {
    await write(context, async (trx) => {
      if (await deleteSshKeypairNamed(trx, await ownerFor(context, trx, params), params.name)) return
      throw new SysvmError('SYSVM_API_PARAMETER', `Parameter name: no key pair is named '${params.name.slice(0, 60)}'.`)
    })
  },
})
