import { SysvmError } from '@sysvm/errors'
import { requireRoom } from '../../model/limit/room.ts'
import { setting } from '../../model/settings/index.ts'
import { insertVpc } from '../../model/vpc.ts'
import { findVpcOffering } from '../../model/vpcoffering.ts'
import { lockZone } from '../../model/zone.ts'
import { everyone } from '../authorized.ts'
import { asn } from '../bgppeer/parameters.ts'
import { changes } from '../changes.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { refuseOverlap } from '../network/overlap.ts'
import { checkResolvers, resolvers } from '../network/resolvers.ts'
import { takeVpcRouting } from '../network/routed.ts'
import { owner, ownerFor } from '../owner.ts'
import * as p from '../parameter.ts'
import { roomFor } from '../publicip/keep.ts'
import { takeSourceNat } from '../publicip/source-nat.ts'
import { write } from '../write.ts'
import { startVpcJob, vpcResult } from './job.ts'
import { vpcResponse } from './response.ts'

export const createVPC = defineCommand({
  name: 'createVPC',
  authorized: everyone,
  description: 'Creates a VPC: one router, or two of which one serves, for several guest networks, its tiers.',
  params: {
    name: p.required(p.name('Name.')),
    displaytext: p.text('What it is, for people; default: the name.'),
    zoneid: p.required(p.uuid('The zone.')),
    asnumber: asn("Of a dynamically routed VPC, its router's AS number; default: the zone's first free one."),
    bgppeerids: p.forAdmins(
      p.uuids("Of a dynamically routed VPC, its BGP peers; default: the zone's that are not dedicated."),
    ),
    vpcofferingid: p.required(p.uuid('The offering, which must be enabled.')),
    cidr: p.network('Addresses of all its tiers; needed.'),
    networkdomain: p.domainName("DNS domain of its tiers; default: the zone's."),
    ...resolvers,
    start: p.boolean('Whether its router is made at once; else with the first tier in use. Default true.'),
    sourcenatipaddress: p.ipv4('Free public address that its tiers go out by; default: any.'),
    fordisplay: p.only('Whether it is shown.', true),
    ...owner,
  },
  unsupported: ['cidrsize', 'publicmtu', 'userouteripresolver'],
  answer: 'job',
  response: vpcResponse,
  result: vpcResult,
  run: (context, params) => {
    checkResolvers(params)
    const { cidr, sourcenatipaddress, vpcofferingid, dns1, dns2, ip6dns1, ip6dns2 } = params
    if (cidr === undefined)
      throw new SysvmError('SYSVM_API_PARAMETER', 'Parameter cidr is required by createVPC: 10.0.0.0/16, for example.')
    return write(context, async (trx) => {
      const account = await ownerFor(context, trx, params)
      const asked = await findVpcOffering(trx, vpcofferingid)
      const room = await roomFor(trx, { zone: params.zoneid, account, address: sourcenatipaddress })
      await requireRoom(trx, account, { vpc: 1, public_ip: asked?.services.SourceNat === undefined ? 0 : room })
      const zone = found(await lockZone(trx, params.zoneid), 'zoneid', 'zone', params.zoneid)
      if (zone.allocationstate === 'Disabled')
        throw new SysvmError('SYSVM_RESOURCE_STATE', `Zone ${zone.name} is disabled: enable it with updateZone first.`)
      const offering = found(await findVpcOffering(trx, vpcofferingid), 'vpcofferingid', 'VPC offering', vpcofferingid)
      if (offering.state === 'Disabled')
        throw new SysvmError('SYSVM_API_PARAMETER', `VPC offering ${offering.name} is disabled: enable it first.`)
      await refuseOverlap(trx, zone.id, cidr)
      const { id, revision } = await insertVpc(trx, {
        account,
        zone: zone.id,
        offering: offering.id,
        name: params.name,
        displaytext: params.displaytext || params.name,
        cidr,
        networkdomain:
          params.networkdomain ?? zone.domain ?? (await setting(trx, 'guest.domain.suffix', { zone: zone.id })),
        start: params.start ?? true,
        redundant: offering.redundant,
        ...changes({ dns1, dns2, ip6dns1, ip6dns2 }),
      })
      await takeVpcRouting(trx, { id, zone: zone.id }, offering, params)
      if (sourcenatipaddress !== undefined)
        await takeSourceNat(trx, zone.id, { kind: 'vpc', id }, sourcenatipaddress, room)
      return startVpcJob(context, trx, 'createVPC', id, revision, { instance: id, instancetype: 'Vpc' })
    })
  },
})
