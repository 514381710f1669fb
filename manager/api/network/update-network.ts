import { lockNetwork, reviseNetwork } from '../../model/network.ts'
import { everyone } from '../authorized.ts'
import { changes } from '../changes.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { moveSourceNat } from '../publicip/source-nat.ts'
import { write } from '../write.ts'
import { otherOffering } from './change-offering.ts'
import { networkResult, startNetworkJob } from './job.ts'
import { checkResolvers, resolvers } from './resolvers.ts'
import { networkResponse } from './response.ts'
import { refuseOfTier } from './routed.ts'
import { refuseDestroyed } from './state.ts'

export const updateNetwork = defineCommand({
  name: 'updateNetwork',
  authorized: everyone,
  description:
    'Changes the name, the offering, the DNS domain, the name servers or the source NAT address of a network.',
  params: {
    id: p.required(p.uuid('The network.')),
    name: p.name('New name.'),
    displaytext: p.text('New text for people.'),
    networkdomain: p.domainName('New DNS domain of its guests.'),
    ...resolvers,
    sourcenatipaddress: p.ipv4('Public address of the network that it goes out by from now on; not of a tier.'),
    networkofferingid: p.uuid('Another offering: its services come and go with the next commit of the router.'),
    changecidr: p.only('Whether its addresses change with its offering.', false),
    forced: p.only('Whether rules go whose service the new offering has not.', false),
    hideipaddressusage: p.only('Whether usage leaves its addresses out.', false),
    updateinsequence: p.boolean('Accepted for clients that send it: there is one router to change.'),
    displaynetwork: p.only('Whether it is shown.', true),
  },
  unsupported: ['customid', 'guestvmcidr', 'privatemtu', 'publicmtu'],
  answer: 'job',
  response: networkResponse,
  result: networkResult,
  run: (context, params) => {
    const { id, name, displaytext, networkdomain, dns1, dns2, ip6dns1, ip6dns2, sourcenatipaddress } = params
    const { networkofferingid } = params
    checkResolvers(params)
    return write(context, async (trx) => {
      const network = found(await lockNetwork(trx, id), 'id', 'network', id)
      refuseDestroyed(network)
      const offered = networkofferingid === undefined ? {} : await otherOffering(trx, network, networkofferingid)
      if (sourcenatipaddress !== undefined) {
        if (network.vpc !== null) refuseOfTier({ sourcenatipaddress })
        await moveSourceNat(trx, network.zone, { kind: 'network', id }, sourcenatipaddress)
      }
      const revision = await reviseNetwork(trx, id, {
        ...changes({ name, displaytext, networkdomain, ...offered }),
        // The second one goes with the first that it belonged to.
        ...(dns1 === undefined ? {} : { dns1, dns2: dns2 ?? null }),
        ...(ip6dns1 === undefined ? {} : { ip6dns1, ip6dns2: ip6dns2 ?? null }),
      })
      return startNetworkJob(context, trx, 'updateNetwork', id, revision ?? 0)
    })
  },
})
