import { findMember } from '../../model/account-list.ts'
import { findUser } from '../../model/user.ts'
import { administers } from '../access.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { secretKeyContext } from '../credentials.ts'
import { found, notFound } from '../found.ts'
import * as p from '../parameter.ts'
import { requirePower } from '../role/power.ts'
import { requireOwnUser } from './find.ts'
import { keysResponse, presentKeys } from './keys.ts'

export const getUserKeys = defineCommand({
  name: 'getUserKeys',
  authorized: everyone,
  subject: 'cloud_user',
  since: '4.10.0',
  description: 'Shows the keys for signed calls of a user, where it has some.',
  params: { id: p.required(p.uuid('The user.')) },
  answer: 'object',
  response: keysResponse,
  run: async (context, { id }) => {
    requireOwnUser(context, id)
    const { db, dependencies } = context
    const user = found(await findUser(db, id), 'id', 'user', id)
    // Who has the keys has the power.
    const account = found(await findMember(db, user.account), 'id', 'user', id)
    if (!administers(context.caller, account)) throw notFound('id', 'user', id)
    if (id !== context.caller.userid) await requirePower(context, db, account, `Account ${account.name}`)
    const sealed = user.secret_key_sealed
    const secret = sealed === null ? null : (dependencies.unseal?.(secretKeyContext(id), sealed) ?? null)
    return presentKeys(user.api_key, secret)
  },
})
