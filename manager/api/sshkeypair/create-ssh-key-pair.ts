import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { owner, ownerFor, ownersIn } from '../owner.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { makeKeyPair } from './key.ts'
import { keepKeypair } from './name.ts'
import { createdKeypairResponse, presentKeypair } from './response.ts'

export const createSSHKeyPair = defineCommand({
  name: 'createSSHKeyPair',
  authorized: everyone,
  description: 'Makes a key pair, answers the private key and keeps the public one.',
  params: { name: p.required(p.name('Name, unique.')), ...owner },
  answer: 'object',
  response: createdKeypairResponse,
  run: async (context, params) => {
    const { publicKey, privateKey } = await makeKeyPair()
    const row = await write(context, async (trx) =>
      keepKeypair(trx, { account: await ownerFor(context, trx, params), name: params.name, publicKey }),
    )
    return { ...presentKeypair(await ownersIn(context.db, [row]))(row), privatekey: privateKey }
  },
})
