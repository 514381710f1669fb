import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { listedFrom, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { defineResponse } from '../response.ts'
import { capabilitiesOf, capabilityFields } from './capabilities.ts'
import { routerServices, SECURITY_GROUP } from './services.ts'

const response = defineResponse('networkservice', {
  name: ['string', 'The service.'],
  provider: ['list', 'Who gives it.', { name: ['string', 'The provider.'], state: ['string', 'Always Enabled.'] }],
  capability: ['list', 'What is possible.', capabilityFields],
})

export const listSupportedNetworkServices = defineCommand({
  name: 'listSupportedNetworkServices',
  authorized: everyone,
  description: 'Lists the services that network offerings may have.',
  since: '3.0.0',
  params: { service: p.text('Only this service.'), provider: p.text('Only services of this provider.'), ...search },
  answer: 'list',
  response,
  run: async (_context, params) => {
    const all = [
      ...routerServices.map((name) => ({ name, provider: 'VirtualRouter', capability: capabilitiesOf(name) })),
      { name: SECURITY_GROUP, provider: 'SecurityGroupProvider', capability: [] },
    ]
    const items = all
      .filter(
        ({ name, provider }) =>
          (params.service === undefined || params.service.toLowerCase() === name.toLowerCase()) &&
          (params.provider === undefined || params.provider.toLowerCase() === provider.toLowerCase()) &&
          name.toLowerCase().includes((params.keyword ?? '').toLowerCase()),
      )
      .map(({ provider, ...service }) => ({ ...service, provider: [{ name: provider, state: 'Enabled' }] }))
    return listedFrom(items, pageOf(params))
  },
})
