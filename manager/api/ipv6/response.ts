import type { Ipv6Prefix } from '../../model/ipv6prefix.ts'
import { subnetsOf } from '../../placement/index.ts'
import { defineResponse, type Presented } from '../response.ts'

export const ipv6PrefixResponse = defineResponse('guestnetworkipv6prefix', {
  id: ['string', "The prefix's id."],
  prefix: ['string', 'The prefix.'],
  zoneid: ['string', 'Its zone.'],
  usedsubnets: ['integer', 'Networks that have a /64 of it.'],
  availablesubnets: ['integer', 'Networks that can still have one.'],
  totalsubnets: ['integer', 'Networks that it is enough for.'],
  created: ['date', 'When it was added.'],
})

/** CloudStack's clients read these as 32-bit numbers. */
const LARGEST = 2 ** 31 - 1

export const presentIpv6Prefix = (row: Ipv6Prefix): Presented<typeof ipv6PrefixResponse.fields> => {
  const total = Math.min(subnetsOf(row.prefix), LARGEST)
  return {
    id: row.id,
    prefix: row.prefix,
    zoneid: row.zone,
    usedsubnets: row.used,
    availablesubnets: total - row.used,
    totalsubnets: total,
    created: row.created,
  }
}
