import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { listedFrom, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { defineResponse } from '../response.ts'

const implementors = [
  ['Control', 'ControlNetworkGuru'],
  ['Guest', 'GuestNetworkGuru'],
  ['Management', 'PodBasedNetworkGuru'],
  ['Public', 'PublicNetworkGuru'],
  ['Storage', 'StorageNetworkGuru'],
] as const

export const listTrafficTypeImplementors = defineCommand({
  name: 'listTrafficTypeImplementors',
  authorized: admins,
  description: 'Lists who carries each type of traffic, by the names that clients know.',
  since: '3.0.0',
  params: {
    traffictype: p.choice('Only that of this type.', ['Control', 'Guest', 'Management', 'Public', 'Storage']),
    ...search,
  },
  answer: 'list',
  response: defineResponse('traffictypeimplementorresponse', {
    traffictype: ['string', 'The type of traffic.'],
    traffictypeimplementor: ['string', 'Who carries it.'],
  }),
  run: async (_context, { traffictype, keyword = '', ...page }) => {
    const items = implementors.filter(
      ([type]) => (traffictype ?? type) === type && type.toLowerCase().includes(keyword.toLowerCase()),
    )
    return listedFrom(
      items.map(([type, traffictypeimplementor]) => ({ traffictype: type, traffictypeimplementor })),
      pageOf(page),
    )
  },
})
