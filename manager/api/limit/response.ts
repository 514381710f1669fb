import type { LimitKind } from '../../model/limit/kinds.ts'
import type { OwnerFields } from '../owner.ts'
import { defineResponse, type Fields, type Presented } from '../response.ts'

const whose = {
  account: ['string', 'The account.'],
  projectid: ['string', 'The project, instead of an account.'],
  project: ['string', "That project's name."],
  domainid: ['string', 'Its domain; without account and project the domain itself.'],
  domain: ['string', "That domain's name."],
  domainpath: ['string', "That domain's path."],
  resourcetype: ['string', 'Number of the kind of thing.'],
  resourcetypename: ['string', 'Its name.'],
} as const satisfies Fields

export const limitResponse = defineResponse('resourcelimit', {
  ...whose,
  max: ['long', 'How many there may be; -1: as many as they like.'],
})

export const countResponse = defineResponse('resourcecount', {
  ...whose,
  resourcecount: ['long', 'How many there are, counted now.'],
})

export const presentLimit = (
  owner: OwnerFields,
  { type, name }: LimitKind,
  max: number,
): Presented<typeof limitResponse.fields> => ({
  ...owner,
  resourcetype: String(type),
  resourcetypename: name,
  max,
})

export const presentCount = (
  owner: OwnerFields,
  { type, name }: LimitKind,
  resourcecount: number,
): Presented<typeof countResponse.fields> => ({
  ...owner,
  resourcetype: String(type),
  resourcetypename: name,
  resourcecount,
})
