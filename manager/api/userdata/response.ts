import type { UserData } from '../../model/userdata.ts'
import { type Caller, ownerOf } from '../caller.ts'
import { defineResponse, type Presented } from '../response.ts'

export const userDataResponse = defineResponse('userdata', {
  id: ['string', "The user data's id."],
  name: ['string', 'Its name.'],
  account: ['string', 'The owning account.'],
  accountid: ['string', "The owning account's id."],
  domainid: ['string', "The owner's domain."],
  domain: ['string', "Name of the owner's domain."],
  domainpath: ['string', "Path of the owner's domain."],
  userdata: ['string', 'What guests are served, in base64.'],
  params: ['string', 'Names of the variables it uses, with commas.'],
  hasannotations: ['boolean', 'Whether it has comments.'],
})

export const presentUserData =
  (caller: Caller) =>
  (row: UserData): Presented<typeof userDataResponse.fields> => ({
    id: row.id,
    name: row.name,
    ...ownerOf(caller),
    accountid: caller.accountid,
    userdata: row.userdata,
    params: row.params,
    hasannotations: false,
  })
