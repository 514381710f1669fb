import { SysvmError } from '@sysvm/errors'
import { hasTwoRouters, insertNetworkOffering } from '../../model/offering.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { offeredCapabilities } from './capabilities.ts'
import { refuseAlone } from './redundant.ts'
import { networkOfferingResponse, presentNetworkOffering } from './response.ts'
import { offeredServices } from './services.ts'

/** What only a router gives. */
const OF_ROUTERS = ['forvpc', 'networkmode', 'routingmode', 'internetprotocol', 'networkrate'] as const

const refuseOfWire = (
  params: { readonly [of in (typeof OF_ROUTERS)[number]]?: unknown },
  services: readonly string[] = [],
): void => {
  const usual: readonly unknown[] = [undefined, false, 'NATTED', 'IPv4', 0]
  const name = services.length > 0 ? 'supportedservices' : OF_ROUTERS.find((one) => !usual.includes(params[one]))
  if (name !== undefined)
    throw new SysvmError(
      'SYSVM_API_PARAMETER',
      `Parameter ${name}: networks of type L2 have no router that could do it: leave it out.`,
    )
}

export const createNetworkOffering = defineCommand({
  name: 'createNetworkOffering',
  authorized: admins,
  description:
    'Creates a kind of guest network: which services its router gives. It starts disabled unless enable is true.',
  since: '3.0.0',
  params: {
    name: p.required(p.name('Name, unique.')),
    displaytext: p.text('What it is, for people; default: the name.'),
    guestiptype: p.required(
      p.choice('Isolated: networks with a router of their own; L2: with neither router, addresses nor services.', [
        'Isolated',
        'L2',
      ]),
    ),
    traffictype: p.required(p.choice('What networks of it carry.', ['Guest'])),
    supportedservices: p.orNone(
      p.words('Services its router gives, comma-joined; none: those of serviceproviderlist.'),
    ),
    serviceproviderlist: p.entries('Who gives which service: service and provider.', ['service', 'provider']),
    egressdefaultpolicy: p.boolean('True: guests may send out what no rule forbids. Default true.'),
    enable: p.boolean('True: networks can be made of it at once.'),
    availability: p.choice('Whether it must be there.', ['Optional']),
    conservemode: p.boolean('Whether services share a public address. Default true.'),
    ispersistent: p.only('Whether a network without guests has a router.', false),
    specifyvlan: p.only('Whether networks name their VLAN.', false),
    specifyipranges: p.only('Whether networks name their addresses.', false),
    forvpc: p.boolean('True: for tiers of VPCs, and for nothing else. Default false.'),
    internetprotocol: p.choice('Protocols of guests. Default IPv4.', ['IPv4', 'DualStack', 'IPv6']),
    networkmode: p.choice('NATTED: guests go out under a public address; ROUTED: under their own. Default NATTED.', [
      'NATTED',
      'ROUTED',
    ]),
    routingmode: p.choice('How the outside learns of a ROUTED network. Default Static.', ['Static', 'Dynamic']),
    networkrate: p.integer('Megabits per second that a network may carry; 0 or none: as many as it can.'),
    servicecapabilitylist: p.map('Choices of a service: service, capabilitytype and capabilityvalue.'),
  },
  unsupported: [
    'details',
    'domainid',
    'fornsx',
    'fortungsten',
    'keepaliveenabled',
    'maxconnections',
    'nsxsupportlb',
    'nsxsupportsinternallb',
    'provider',
    'serviceofferingid',
    'specifyasnumber',
    'tags',
    'zoneid',
  ],
  answer: 'object',
  response: networkOfferingResponse,
  run: async (context, params) => {
    const wanted = params.supportedservices?.length
      ? params.supportedservices
      : params.serviceproviderlist?.map(({ service }) => service)
    const wire = params.guestiptype === 'L2'
    if (wire) refuseOfWire(params, wanted)
    if (wanted === undefined && !wire)
      throw new SysvmError('SYSVM_API_PARAMETER', 'Parameter supportedservices is required by createNetworkOffering.')
    const routed = params.networkmode === 'ROUTED'
    const services = offeredServices(wanted ?? [], params.serviceproviderlist, { forVpc: params.forvpc, routed })
    if (routed && services.SourceNat !== undefined)
      throw new SysvmError(
        'SYSVM_API_PARAMETER',
        'Parameter networkmode: a ROUTED network has no SourceNat: leave it out.',
      )
    if (!routed && params.routingmode !== undefined)
      throw new SysvmError('SYSVM_API_PARAMETER', 'Parameter routingmode: it is for networkmode ROUTED only.')
    const capabilities = offeredCapabilities(params.servicecapabilitylist ?? [], services)
    const kind = {
      guestiptype: params.guestiptype,
      services,
      forvpc: params.forvpc ?? false,
      networkmode: params.networkmode ?? 'NATTED',
      internetprotocol: params.internetprotocol ?? 'IPv4',
    } as const
    if (hasTwoRouters({ capabilities })) refuseAlone('servicecapabilitylist: RedundantRouter', kind)
    return presentNetworkOffering(
      await write(context, (trx) =>
        insertNetworkOffering(trx, {
          name: params.name,
          displaytext: params.displaytext || params.name,
          ...kind,
          services: JSON.stringify(services),
          egressdefaultpolicy: params.egressdefaultpolicy ?? true,
          state: params.enable ? 'Enabled' : 'Disabled',
          conservemode: params.conservemode ?? true,
          routingmode: routed ? (params.routingmode ?? 'Static') : null,
          networkrate: params.networkrate || null,
          capabilities: JSON.stringify(capabilities),
        }),
      ),
    )
  },
})
