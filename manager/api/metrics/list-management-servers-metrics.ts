import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { listManagementServers, managementServerFields } from '../managementserver/list-management-servers.ts'
import * as p from '../parameter.ts'
import { defineResponse } from '../response.ts'
import { formatDate } from '../wire/value.ts'
import { measured } from './plain.ts'

export const listManagementServersMetrics = defineCommand({
  name: 'listManagementServersMetrics',
  authorized: admins,
  since: '4.17.0',
  description: 'Lists managers as listManagementServers does; their load is in the /metrics of each.',
  params: {
    ...listManagementServers.params,
    system: p.boolean('Accepted for clients that send it; what is known is answered in any case.'),
  },
  answer: 'list',
  response: defineResponse('managementserver', {
    ...managementServerFields,
    agentcount: ['integer', 'Hosts that it sees to.'],
    collectiontime: ['date', 'When this was read.'],
  }),
  run: (context, params) =>
    measured(listManagementServers, context, params, async () => ({ agentscount }) => ({
      agentcount: Number(agentscount),
      collectiontime: formatDate(new Date()),
    })),
})
