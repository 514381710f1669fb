import type { SshKeypair } from '../../model/sshkeypair.ts'
import { type Owners, withoutPath } from '../owner.ts'
import { defineResponse, type Fields, type Presented } from '../response.ts'

const fields = {
  id: ['string', "The key pair's id."],
  name: ['string', 'Its name.'],
  account: ['string', 'The owning account.'],
  projectid: ['string', 'The project that owns it, instead of an account.'],
  project: ['string', "That project's name."],
  domainid: ['string', "The owner's domain."],
  domain: ['string', "Name of the owner's domain."],
  fingerprint: ['string', 'MD5 of the public key.'],
  hasannotations: ['boolean', 'Whether it has comments.'],
} as const satisfies Fields

/** What lists answer; what makes one answers the same under another name. */
export const listedKeypairResponse = defineResponse('sshkeypair', fields)
export const keypairResponse = defineResponse('keypair', fields)
export const createdKeypairResponse = defineResponse('keypair', {
  ...fields,
  privatekey: ['string', 'The private key in PEM; nobody keeps it.'],
})

export const presentKeypair =
  (owners: Owners) =>
  (row: SshKeypair): Presented<typeof fields> => ({
    id: row.id,
    name: row.name,
    ...withoutPath(owners(row.account)),
    fingerprint: row.fingerprint,
    hasannotations: false,
  })
