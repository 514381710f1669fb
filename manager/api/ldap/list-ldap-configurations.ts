import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { pageOf, search } from '../paging.ts'
import { defineResponse } from '../response.ts'

export const listLdapConfigurations = defineCommand({
  name: 'listLdapConfigurations',
  authorized: everyone,
  description: "Lists directories that people log in by: there are none. CloudStack's web UI asks for them at a login.",
  since: '4.2.0',
  // So it is called there, and so the UI reads it.
  root: 'ldapconfigurationresponse',
  params: search,
  answer: 'list',
  response: defineResponse('LdapConfiguration', {
    hostname: ['string', 'Where the directory is.'],
    port: ['integer', 'Its port.'],
    domainid: ['string', 'The domain whose people are in it.'],
  }),
  run: async (_context, params) => {
    pageOf(params)
    return { count: 0, items: [] }
  },
})
