import { SysvmError } from '@sysvm/errors'
import { findGuest } from '../../model/guest.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { defineResponse } from '../response.ts'

export const getVMPassword = defineCommand({
  name: 'getVMPassword',
  authorized: everyone,
  description: "Tells a guest's password, encrypted for the owner of its RSA key.",
  params: { id: p.required(p.uuid('The guest.')) },
  answer: 'object',
  response: defineResponse('password', {
    encryptedpassword: ['string', 'Base64 of the password, encrypted with the public key (RSAES-PKCS1-v1_5).'],
  }),
  run: async ({ db }, { id }) => {
    const guest = found(await findGuest(db, id), 'id', 'guest', id)
    if (guest.password_encrypted === null)
      throw new SysvmError(
        'SYSVM_API_PARAMETER',
        `Guest ${guest.name} has no password that is encrypted for anybody: give it an RSA key with resetSSHKeyForVirtualMachine.`,
      )
    return { encryptedpassword: guest.password_encrypted }
  },
})
