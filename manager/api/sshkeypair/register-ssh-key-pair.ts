import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { owner, ownerFor, ownersIn } from '../owner.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { readPublicKey } from './key.ts'
import { keepKeypair } from './name.ts'
import { keypairResponse, presentKeypair } from './response.ts'

export const registerSSHKeyPair = defineCommand({
  name: 'registerSSHKeyPair',
  authorized: everyone,
  description: 'Keeps a public key for guests.',
  params: {
    name: p.required(p.name('Name, unique.')),
    publickey: p.required(p.text('The public key as OpenSSH writes it; its comment is not kept.', 16_384)),
    ...owner,
  },
  answer: 'object',
  response: keypairResponse,
  run: async (context, params) => {
    const publicKey = readPublicKey(params.publickey)
    const row = await write(context, async (trx) =>
      keepKeypair(trx, { account: await ownerFor(context, trx, params), name: params.name, publicKey }),
    )
    return presentKeypair(await ownersIn(context.db, [row]))(row)
  },
})
