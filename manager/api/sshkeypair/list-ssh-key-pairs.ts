import { findSshKeypairs } from '../../model/sshkeypair.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { ownerFilter, ownersIn, ownersOf } from '../owner.ts'
import { listed, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { listedKeypairResponse, presentKeypair } from './response.ts'

export const listSSHKeyPairs = defineCommand({
  name: 'listSSHKeyPairs',
  authorized: everyone,
  description: 'Lists key pairs for guests.',
  params: {
    id: p.uuid('Only the key pair of this id.'),
    name: p.text('Only the key pair of this name.'),
    fingerprint: p.text('Only key pairs of this fingerprint.'),
    ...ownerFilter,
    ...search,
  },
  answer: 'list',
  response: listedKeypairResponse,
  run: async (context, params) => {
    const accounts = await ownersOf(context, params)
    const pairs = await findSshKeypairs(context.db, { ...params, accounts }, pageOf(params))
    return listed(pairs, presentKeypair(await ownersIn(context.db, pairs.rows)))
  },
})
