import { SysvmError } from '@sysvm/errors'
import { findAccount } from '../../model/account.ts'
import { deleteSshKeypairNamed } from '../../model/sshkeypair.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { owner, ownerNamed } from '../owner.ts'
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
      const account = await ownerNamed(context, trx, params)
      if (await deleteSshKeypairNamed(trx, account, params.name)) return
      // CloudStack's own words: Terraform's provider looks for them to tell that the key pair is gone.
      throw new SysvmError(
        'SYSVM_API_PARAMETER',
        `A key pair with name '${params.name.slice(0, 60)}' does not exist for account ` +
          `${(await findAccount(trx, account))?.name}: see listSSHKeyPairs.`,
      )
    })
  },
})
