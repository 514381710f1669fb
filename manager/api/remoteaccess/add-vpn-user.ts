import { randomUUID } from 'node:crypto'
import { SysvmError } from '@sysvm/errors'
import { VPN_PASSWORD, VPN_USERNAME } from '@sysvm/router/spec'
import type { Transaction } from 'kysely'
import type { Database } from '../../model/schema.ts'
import { numberSetting } from '../../model/settings/index.ts'
import { countVpnUsers, expectVpnUser, findVpnUser, holdForVpnUsers, insertVpnUser } from '../../model/vpnuser.ts'
import { everyone } from '../authorized.ts'
import { type Context, defineCommand } from '../command.ts'
import { owner, ownerFor } from '../owner.ts'
import * as p from '../parameter.ts'
import { sealed } from '../sealed.ts'
import { write } from '../write.ts'
import { startUserJob } from './job.ts'
import { presentVpnUsers, vpnUserResponse } from './response.ts'
import { joinWireGuard } from './wireguard.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

/** Holds the account, so that what is counted is what there is when the user is added. */
const requireRoom = async (trx: Transaction<Database>, account: string): Promise<void> => {
  await holdForVpnUsers(trx, account)
  const most = await numberSetting(trx, 'remote.access.vpn.user.limit', { account })
  const has = await countVpnUsers(trx, account)
  if (has >= most)
    throw new SysvmError(
      'SYSVM_RESOURCE_LIMIT',
      `The account has ${has} VPN users, and ${most} are the most: remove one, or have an administrator raise remote.access.vpn.user.limit.`,
      { details: { limit: most, count: has } },
    )
}

const result = async (context: Context, id: string) => {
  const user = await findVpnUser(context.db, id)
  return user && (await presentVpnUsers(context, [user]))(user)
}

export const addVpnUser = defineCommand({
  name: 'addVpnUser',
  authorized: everyone,
  description: 'Lets a person into all remote access VPNs of an account, by a name and a password.',
  params: {
    username: p.required(p.text('Name: 3 to 64 letters, digits, dots, hyphens, underscores and @.', 64)),
    password: p.required(p.secret('Password: 3 to 64 printable characters; kept sealed and never shown.', 64)),
    ...owner,
  },
  answer: 'job',
  response: vpnUserResponse,
  result,
  run: (context, { username, password, ...of }) => {
    if (!VPN_USERNAME.test(username))
      throw bad(
        `Parameter username: '${username.slice(0, 64)}' is not a name of 3 to 64 letters, digits, dots, hyphens, underscores and @ that begins with a letter or digit.`,
      )
    if (!VPN_PASSWORD.test(password))
      throw bad('Parameter password: it is not 3 to 64 printable characters without spaces.')
    // pppd, which L2TP needs, would take it for the name of a file.
    if (password.startsWith('@/'))
      throw bad(
        'Parameter password: it may not begin with @/, which clients of L2TP could not use: choose another one.',
      )
    return write(context, async (trx) => {
      const account = await ownerFor(context, trx, of)
      await requireRoom(trx, account)
      const id = randomUUID()
      const values = { id, account, username, password: sealed(context, `vpnuser/${id}`, password) }
      if (!(await insertVpnUser(trx, values)))
        throw bad(`Parameter username: the account has a VPN user ${username} already: remove it first.`)
      await joinWireGuard(context, trx, account, id)
      return startUserJob(context, trx, 'addVpnUser', { account, user: id }, (vpns) => expectVpnUser(trx, id, vpns))
    })
  },
})
