import { SysvmError } from '@sysvm/errors'
import { endSessionsOf } from '../../model/session.ts'
import { changeUser, findUser } from '../../model/user.ts'
import { everyone } from '../authorized.ts'
import { changes } from '../changes.ts'
import { type Context, defineCommand } from '../command.ts'
import { secretKeyContext } from '../credentials.ts'
import { found } from '../found.ts'
import { hashPassword, isPassword } from '../login/password.ts'
import { admitAttempt } from '../login/throttle.ts'
import * as p from '../parameter.ts'
import { sealed } from '../sealed.ts'
import { write } from '../write.ts'
import { isAdministrator, lockUserFor, requireOwnUser } from './find.ts'
import { passwordParam, timezoneParam } from './params.ts'
import { presentUser, userResponse } from './response.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

const notCurrent = () => bad('Parameter currentpassword: is not the password that it has now.')

/**
 * Who holds a session or key for a moment must not be able to keep it by another password. Resolves with the hash of the
 * one that was given.
 */
const checkCurrent = async (context: Context, id: string, current: string | undefined): Promise<string | undefined> => {
  if (isAdministrator(context) && current === undefined) return undefined
  const user = found(await findUser(context.db, id), 'id', 'user', id)
  const { domainpath, username } = user
  const forgive = await admitAttempt(context.db, { domainpath, username, address: context.visit.address })
  if (!(await isPassword(current ?? '', user.password_hash))) throw notCurrent()
  await forgive()
  return user.password_hash ?? undefined
}

export const updateUser = defineCommand({
  name: 'updateUser',
  authorized: everyone,
  subject: 'cloud_user',
  description: 'Changes a user; another password ends its sessions, other keys end the old ones.',
  params: {
    id: p.required(p.uuid('The user.')),
    username: p.name('Another name to enter by.'),
    firstname: p.name('Another first name.'),
    lastname: p.name('Another last name.'),
    email: p.name('Another e-mail address.'),
    timezone: timezoneParam('Another time zone.'),
    password: passwordParam('Another password.'),
    currentpassword: passwordParam('The password that it has now; users who are no administrators must give it.'),
    userapikey: p.text('An API key of your choice; needs usersecretkey.'),
    usersecretkey: p.secret('The secret key that goes with it.'),
  },
  unsupported: ['apikeyaccess', 'mandate2fa'],
  answer: 'object',
  response: userResponse,
  run: async (context, params) => {
    const { id, password, currentpassword, userapikey, usersecretkey, ...person } = params
    requireOwnUser(context, id)
    if (currentpassword !== undefined && password === undefined)
      throw bad('Parameter currentpassword: comes with password, which is missing.')
    if (password === '') throw bad('Parameter password: is empty: give one.')
    if ((userapikey === undefined) !== (usersecretkey === undefined))
      throw bad('Parameters userapikey and usersecretkey come together: give both or neither.')
    if (userapikey === '' || usersecretkey === '') throw bad('Parameters userapikey and usersecretkey: one is empty.')
    // Before the password is hashed, which takes its time, and again in the transaction.
    if (password !== undefined) await context.db.transaction().execute((trx) => lockUserFor(context, trx, id))
    const current = password === undefined ? undefined : await checkCurrent(context, id, currentpassword)
    const password_hash = password === undefined ? undefined : await hashPassword(password)
    const keys = usersecretkey && {
      api_key: userapikey,
      secret_key_sealed: sealed(context, secretKeyContext(id), usersecretkey),
    }
    return write(context, async (trx) => {
      const { user } = await lockUserFor(context, trx, id)
      // Somebody may have changed it while this one was looked at.
      if (current !== undefined && user.password_hash !== current) throw notCurrent()
      await changeUser(trx, id, changes({ ...person, password_hash, ...(keys || {}) }))
      if (password_hash !== undefined) await endSessionsOf(trx, { user: id })
      return presentUser(found(await findUser(trx, id), 'id', 'user', id))
    })
  },
})
