import { lockNetwork, reviseNetwork } from '../../model/network.ts'
import { changes } from '../changes.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { networkResult, startNetworkJob } from './job.ts'
import { checkResolvers, resolvers } from './resolvers.ts'
import { networkResponse } from './response.ts'
import { refuseDestroyed } from './state.ts'

export const updateNetwork = defineCommand({
  name: 'updateNetwork',
  description: 'Changes the name, the DNS domain or the name servers of a guest network.',
  params: {
    id: p.required(p.uuid('The network.')),
    name: p.name('New name.'),
    displaytext: p.text('New text for people.'),
    networkdomain: p.domainName('New DNS domain of its guests.'),
    ...resolvers,
    displaynetwork: p.only('Whether it is shown.', true),
  },
  unsupported: [
    'changecidr',
    'customid',
    'forced',
    'guestvmcidr',
    'hideipaddressusage',
    'networkofferingid',
    'privatemtu',
    'publicmtu',
    'sourcenatipaddress',
    'updateinsequence',
  ],
  answer: 'job',
  response: networkResponse,
  result: networkResult,
  run: (context, params) => {
    const { id, name, displaytext, networkdomain, dns1, dns2, ip6dns1, ip6dns2 } = params
    checkResolvers(params)
    return write(context, async (trx) => {
      refuseDestroyed(found(await lockNetwork(trx, id), 'id', 'network', id))
      const revision = await reviseNetwork(trx, id, {
        ...changes({ name, displaytext, networkdomain }),
        // The second one goes with the first that it belonged to.
        ...(dns1 === undefined ? {} : { dns1, dns2: dns2 ?? null }),
        ...(ip6dns1 === undefined ? {} : { ip6dns1, ip6dns2: ip6dns2 ?? null }),
      })
      return startNetworkJob(context, trx, 'updateNetwork', id, revision ?? 0)
    })
  },
})
