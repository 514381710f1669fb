import { randomBytes } from 'node:crypto'
import { changeUser } from '../../model/user.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { secretKeyContext } from '../credentials.ts'
import * as p from '../parameter.ts'
import { sealed } from '../sealed.ts'
import { write } from '../write.ts'
import { lockUserFor, requireOwnUser } from './find.ts'
import { keysResponse, presentKeys } from './keys.ts'

/** As long as the reference server's: 86 characters. */
const KEY_BYTES = 64

const newKey = (): string => randomBytes(KEY_BYTES).toString('base64url')

export const registerUserKeys = defineCommand({
  name: 'registerUserKeys',
  authorized: everyone,
  subject: 'cloud_user',
  description: 'Makes new keys for signed calls of a user; those that it had end at once.',
  params: { id: p.required(p.uuid('The user.')) },
  answer: 'object',
  response: keysResponse,
  run: (context, { id }) =>
    write(context, async (trx) => {
      requireOwnUser(context, id)
      await lockUserFor(context, trx, id)
      const [apikey, secretkey] = [newKey(), newKey()]
      const secret_key_sealed = sealed(context, secretKeyContext(id), secretkey)
      await changeUser(trx, id, { api_key: apikey, secret_key_sealed })
      return presentKeys(apikey, secretkey)
    }),
})
