import { SysvmError } from '@sysvm/errors'
import { insertNetworkOffering } from '../../model/offering.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { networkOfferingResponse, presentNetworkOffering } from './response.ts'
import { offeredServices } from './services.ts'

export const createNetworkOffering = defineCommand({
  name: 'createNetworkOffering',
  description:
    'Creates a kind of guest network: which services its router gives. It starts disabled unless enable is true.',
  since: '3.0.0',
  params: {
    name: p.required(p.name('Name, unique.')),
    displaytext: p.text('What it is, for people; default: the name.'),
    guestiptype: p.required(p.choice('Isolated: networks with a router of their own.', ['Isolated'])),
    traffictype: p.required(p.choice('What networks of it carry.', ['Guest'])),
    supportedservices: p.words('Services its router gives, comma-joined.'),
    serviceproviderlist: p.entries('Who gives which service: service and provider.', ['service', 'provider']),
    egressdefaultpolicy: p.boolean('True: guests may send out what no rule forbids. Default true.'),
    enable: p.boolean('True: networks can be made of it at once.'),
    availability: p.choice('Whether it must be there.', ['Optional']),
    conservemode: p.only('Whether services share a public address.', true),
    ispersistent: p.only('Whether a network without guests has a router.', false),
    specifyvlan: p.only('Whether networks name their VLAN.', false),
    specifyipranges: p.only('Whether networks name their addresses.', false),
    forvpc: p.only('Whether it is for tiers of a VPC.', false),
    internetprotocol: p.choice('Protocol of guests.', ['IPv4']),
    networkmode: p.choice('How guests go out.', ['NATTED']),
  },
  unsupported: [
    'details',
    'domainid',
    'fornsx',
    'fortungsten',
    'keepaliveenabled',
    'maxconnections',
    'networkrate',
    'nsxsupportlb',
    'nsxsupportsinternallb',
    'provider',
    'routingmode',
    'servicecapabilitylist',
    'serviceofferingid',
    'specifyasnumber',
    'tags',
    'zoneid',
  ],
  answer: 'object',
  response: networkOfferingResponse,
  run: async (context, params) => {
    if (params.supportedservices === undefined)
      throw new SysvmError('SYSVM_API_PARAMETER', 'Parameter supportedservices is required by createNetworkOffering.')
    const services = offeredServices(params.supportedservices, params.serviceproviderlist)
    return presentNetworkOffering(
      await write(context, (trx) =>
        insertNetworkOffering(trx, {
          name: params.name,
          displaytext: params.displaytext || params.name,
          guestiptype: params.guestiptype,
          services: JSON.stringify(services),
          egressdefaultpolicy: params.egressdefaultpolicy ?? true,
          state: params.enable ? 'Enabled' : 'Disabled',
        }),
      ),
    )
  },
})
