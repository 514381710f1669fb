import { SysvmError } from '@sysvm/errors'
import { expectVpnUser, holdForVpnUsers, revokeVpnUserNamed } from '../../model/vpnuser.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { owner, ownerNamed } from '../owner.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'
import { startUserJob } from './job.ts'

export const removeVpnUser = defineCommand({
  name: 'removeVpnUser',
  authorized: everyone,
  description: "Lets a person into an account's remote access VPNs no more, and cuts what sessions there are.",
  params: { username: p.required(p.text("The user's name.", 64)), ...owner },
  answer: 'job',
  response: successResponse,
  run: (context, { username, ...of }) =>
    write(context, async (trx) => {
      const account = await ownerNamed(context, trx, of)
      await holdForVpnUsers(trx, account)
      const user = await revokeVpnUserNamed(trx, account, username)
      if (user === undefined)
        throw new SysvmError(
          'SYSVM_API_PARAMETER',
          `Parameter username: the account has no VPN user '${username.slice(0, 64)}'.`,
        )
      return startUserJob(context, trx, 'removeVpnUser', { account, user }, (vpns) => expectVpnUser(trx, user, vpns))
    }),
})
