import { overlaps } from '@sysvm/agent/spec'
import { SysvmError } from '@sysvm/errors'
import type { Transaction } from 'kysely'
import { guestNetworkOf } from '../../model/network.ts'
import { findPrivateGateway, insertPrivateGateway } from '../../model/privategateway.ts'
import type { Database } from '../../model/schema.ts'
import { findVpc, lockVpc, reviseVpc } from '../../model/vpc.ts'
import { lockZone } from '../../model/zone.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { refuseOverlap } from '../network/overlap.ts'
import { ownersIn } from '../owner.ts'
import * as p from '../parameter.ts'
import { aclFor } from '../vpc/acl.ts'
import { startVpcJob } from '../vpc/job.ts'
import { refuseOverlapInVpc } from '../vpc/overlap.ts'
import { refuseFull } from '../vpc/room.ts'
import { refuseInactive } from '../vpc/state.ts'
import { refuseRemoteOverlap } from '../vpn/overlap.ts'
import { write } from '../write.ts'
import { gatewayNetwork } from './address.ts'
import { presentPrivateGateway, privateGatewayResponse } from './response.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

/** CloudStack takes `untagged`, `vlan://untagged` and a tag; hosts carry only the first so far. */
const vlanOf = (given = 'untagged'): string => {
  const vlan = given.toLowerCase().replace(/^vlan:\/\//, '')
  if (vlan === 'untagged') return vlan
  throw bad(`Parameter vlan: '${given.slice(0, 60)}' is not supported yet by sysvm: only untagged is.`)
}

const physicalOf = async (trx: Transaction<Database>, zone: string, asked: string | undefined): Promise<string> => {
  const physical = await guestNetworkOf(trx, { zone, physicalNetwork: asked })
  if (physical) return physical.id
  throw bad('Parameter physicalnetworkid: the zone has no enabled physical network with Guest traffic that fits.')
}

export const createPrivateGateway = defineCommand({
  name: 'createPrivateGateway',
  authorized: admins,
  description: "Gives a VPC's router an address in a network of the site.",
  since: '4.17.0',
  params: {
    vpcid: p.required(p.uuid('The VPC.')),
    ipaddress: p.required(p.ipv4("The router's address there.")),
    gateway: p.required(p.ipv4('Next hop there, for static routes.')),
    netmask: p.required(p.netmask('Netmask of that network.')),
    vlan: p.text('untagged.'),
    physicalnetworkid: p.uuid('The physical network; default: the one of the zone with Guest traffic.'),
    aclid: p.uuid("The list of what passes: the VPC's own or a default one. Default: default_allow."),
    sourcenatsupported: p.boolean("True: guests leave by it under the router's address. Default false."),
    bypassvlanoverlapcheck: p.boolean('Accepted for clients that send it; several gateways may share a network.'),
  },
  unsupported: ['associatednetworkid', 'networkofferingid'],
  answer: 'job',
  response: privateGatewayResponse,
  result: async ({ db }, id) => {
    const row = await findPrivateGateway(db, id)
    return row && presentPrivateGateway(await ownersIn(db, [row]))(row)
  },
  run: (context, params) => {
    const { ipaddress: address, gateway, netmask, vpcid } = params
    const cidr = gatewayNetwork(address, gateway, netmask)
    const vlan = vlanOf(params.vlan)
    return write(context, async (trx) => {
      const { zone } = found(await findVpc(trx, vpcid), 'vpcid', 'VPC', vpcid)
      // Public ranges of the zone, which must be others, come one at a time as well.
      await lockZone(trx, zone)
      const vpc = found(await lockVpc(trx, vpcid), 'vpcid', 'VPC', vpcid)
      refuseInactive(vpc)
      await refuseFull(trx, vpc)
      if (overlaps(vpc.cidr, cidr))
        throw bad(`Parameter ipaddress: ${cidr} overlaps the VPC's own addresses ${vpc.cidr}.`)
      await refuseOverlap(trx, vpc.zone, cidr)
      await refuseOverlapInVpc(trx, vpc.id, cidr)
      await refuseRemoteOverlap(trx, vpc.id, cidr)
      const id = await insertPrivateGateway(trx, {
        vpc: vpc.id,
        physical_network: await physicalOf(trx, vpc.zone, params.physicalnetworkid),
        vlan,
        address,
        gateway,
        netmask,
        source_nat: params.sourcenatsupported ?? false,
        acl: await aclFor(trx, vpc.id, params.aclid, 'default_allow'),
      })
      const revision = await reviseVpc(trx, vpc.id)
      const made = { instance: id, instancetype: 'PrivateGateway' }
      return startVpcJob(context, trx, 'createPrivateGateway', vpc.id, revision ?? 0, made)
    })
  },
})
