import { countPendingJobs, findManagers, type Manager } from '../../model/manager.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { listed, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { defineResponse, type Fields } from '../response.ts'

export const managementServerFields = {
  id: ['string', 'Its id.'],
  name: ['string', 'Name of the machine it runs on.'],
  state: ['string', 'Up, or Down once it left or others took over its hosts.'],
  version: ['string', 'The CloudStack release whose commands it knows.'],
  ipaddress: ['string', 'Where its API answers.'],
  serviceip: ['string', 'The same.'],
  lastserverstart: ['date', 'When it started.'],
  lastserverstop: ['date', 'When it left or was declared dead.'],
  agentscount: ['long', 'Hosts that it sees to.'],
  pendingjobscount: ['long', 'Jobs of all managers that run.'],
} as const satisfies Fields

export const listManagementServers = defineCommand({
  name: 'listManagementServers',
  authorized: admins,
  description: 'Lists the managers that share this cloud, and those that were among them lately.',
  params: {
    id: p.uuid('The manager; each start of one has an id of its own.'),
    name: p.text('Name of the machine it runs on.'),
    peers: p.boolean('Accepted for clients that send it; managers meet in the database and have no peers.'),
    ...search,
  },
  answer: 'list',
  response: defineResponse('managementserver', managementServerFields),
  run: async ({ db }, params) => {
    const { id, name, keyword } = params
    const managers = await findManagers(db, { id, name, keyword }, pageOf(params))
    const pendingjobscount = await countPendingJobs(db)
    return listed(managers, (manager: Manager) => ({
      id: manager.id,
      name: manager.name,
      state: manager.state,
      version: manager.version,
      ipaddress: manager.address.replace(/:\d+$/, ''),
      serviceip: manager.address.replace(/:\d+$/, ''),
      lastserverstart: manager.started,
      lastserverstop: manager.stopped,
      agentscount: manager.hosts,
      pendingjobscount,
    }))
  },
})
