import { SysvmError } from '@sysvm/errors'
import { hasTwoRouters } from '../../model/offering.ts'
import { insertVpcOffering } from '../../model/vpcoffering.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { offeredCapabilities } from '../networkoffering/capabilities.ts'
import { refuseAloneVpc } from '../networkoffering/redundant.ts'
import { offeredServices } from '../networkoffering/services.ts'
import * as p from '../parameter.ts'
import { vpcServices } from '../provider/services.ts'
import { write } from '../write.ts'
import { vpcOfferingResponse } from './response.ts'
import { vpcOfferingResult } from './result.ts'

export const createVPCOffering = defineCommand({
  name: 'createVPCOffering',
  authorized: admins,
  description: 'Creates a kind of VPC: which services its router may give. It starts disabled unless enable is true.',
  params: {
    name: p.required(p.name('Name, unique.')),
    displaytext: p.text('What it is, for people; default: the name.'),
    supportedservices: p.words('Services its router may give, comma-joined. Default: all it can.'),
    serviceproviderlist: p.entries('Who gives which service: service and provider.', ['service', 'provider']),
    servicecapabilitylist: p.map('Choices of a service: service, capabilitytype and capabilityvalue.'),
    enable: p.boolean('True: VPCs can be made of it at once.'),
    internetprotocol: p.choice('Protocols of guests. Default IPv4.', ['IPv4', 'DualStack', 'IPv6']),
    networkmode: p.choice('NATTED: guests go out under a public address; ROUTED: under their own. Default NATTED.', [
      'NATTED',
      'ROUTED',
    ]),
    routingmode: p.choice('How the outside learns of a ROUTED VPC. Default Static.', ['Static', 'Dynamic']),
  },
  unsupported: ['domainid', 'fornsx', 'nsxsupportlb', 'provider', 'serviceofferingid', 'specifyasnumber', 'zoneid'],
  answer: 'job',
  response: vpcOfferingResponse,
  result: vpcOfferingResult,
  run: (context, params) => {
    const routed = params.networkmode === 'ROUTED'
    const all = vpcServices.filter((name) => !routed || name !== 'SourceNat')
    const wanted = params.supportedservices ?? all
    const services = offeredServices(wanted, params.serviceproviderlist, { forVpc: true, routed })
    if (!routed && params.routingmode !== undefined)
      throw new SysvmError('SYSVM_API_PARAMETER', 'Parameter routingmode: it is for networkmode ROUTED only.')
    const networkmode = params.networkmode ?? 'NATTED'
    const internetprotocol = params.internetprotocol ?? 'IPv4'
    const capabilities = offeredCapabilities(params.servicecapabilitylist ?? [], services)
    const redundant = hasTwoRouters({ capabilities })
    if (redundant) refuseAloneVpc('servicecapabilitylist: RedundantRouter', { internetprotocol, networkmode, services })
    return write(context, async (trx) => {
      const id = await insertVpcOffering(trx, {
        name: params.name,
        displaytext: params.displaytext || params.name,
        services: JSON.stringify(services),
        state: params.enable ? 'Enabled' : 'Disabled',
        networkmode,
        routingmode: routed ? (params.routingmode ?? 'Static') : null,
        internetprotocol,
        redundant,
      })
      return { jobid: await doneJob(trx, 'createVPCOffering', 'VpcOffering', id), id }
    })
  },
})
