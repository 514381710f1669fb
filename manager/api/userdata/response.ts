import type { UserData } from '../../model/userdata.ts'
import type { Owners } from '../owner.ts'
import { defineResponse, type Presented } from '../response.ts'

export const userDataResponse = defineResponse('userdata', {
  id: ['string', "The user data's id."],
  name: ['string', 'Its name.'],
  account: ['string', 'The owning account.'],
  projectid: ['string', 'The project that owns it, instead of an account.'],
  project: ['string', "That project's name."],
  accountid: ['string', "The owning account's id."],
  domainid: ['string', "The owner's domain."],
  domain: ['string', "Name of the owner's domain."],
  domainpath: ['string', "Path of the owner's domain."],
  userdata: ['string', 'What guests are served, in base64.'],
  params: ['string', 'Names of the variables it uses, with commas.'],
  hasannotations: ['boolean', 'Whether it has comments.'],
})

export const presentUserData =
  (owners: Owners) =>
  (row: UserData): Presented<typeof userDataResponse.fields> => ({
    id: row.id,
    name: row.name,
    ...owners(row.account),
    accountid: row.account,
    userdata: row.userdata,
    params: row.params,
    hasannotations: false,
  })
