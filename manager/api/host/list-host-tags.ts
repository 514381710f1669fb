import { findHostTags } from '../../model/host.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { listed, pageOf, search } from '../paging.ts'
import { defineResponse } from '../response.ts'

export const listHostTags = defineCommand({
  name: 'listHostTags',
  authorized: admins,
  description: 'Lists the tags of hosts, one for each host that has it.',
  params: search,
  answer: 'list',
  response: defineResponse('hosttag', {
    id: ['string', 'The host that has it, and the tag.'],
    name: ['string', 'The tag.'],
    isimplicit: ['boolean', 'Whether the host gave it to itself.'],
  }),
  run: async ({ db }, params) =>
    listed(await findHostTags(db, params.keyword, pageOf(params)), ({ host, name }) => ({
      id: `${host}/${name}`,
      name,
      isimplicit: false,
    })),
})
