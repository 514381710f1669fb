import { lockNetwork, reviseNetwork } from '../../model/network.ts'
import { changes } from '../changes.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { networkResult, startNetworkJob } from './job.ts'
import { networkResponse } from './response.ts'
import { refuseDestroyed } from './state.ts'

export const updateNetwork = defineCommand({
  name: 'updateNetwork',
  description: 'Changes the name or the DNS domain of a guest network.',
  params: {
    id: p.required(p.uuid('The network.')),
    name: p.name('New name.'),
    displaytext: p.text('New text for people.'),
    networkdomain: p.domainName('New DNS domain of its guests.'),
    displaynetwork: p.only('Whether it is shown.', true),
  },
  unsupported: [
    'changecidr',
    'customid',
    'dns1',
    'dns2',
    'forced',
    'guestvmcidr',
    'hideipaddressusage',
    'ip6dns1',
    'ip6dns2',
    'networkofferingid',
    'privatemtu',
    'publicmtu',
    'sourcenatipaddress',
    'updateinsequence',
  ],
  answer: 'job',
  response: networkResponse,
  result: networkResult,
  run: (context, { id, name, displaytext, networkdomain }) =>
    write(context, async (trx) => {
      refuseDestroyed(found(await lockNetwork(trx, id), 'id', 'network', id))
      const revision = await reviseNetwork(trx, id, changes({ name, displaytext, networkdomain }))
      return startNetworkJob(context, trx, 'updateNetwork', id, revision ?? 0)
    }),
})
