import { insertZone } from '../../model/zone.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { presentZone, zoneResponse } from './response.ts'

const DEFAULT_GUEST_CIDR = '10.1.1.0/24'

export const createZone = defineCommand({
  name: 'createZone',
  authorized: admins,
  description: 'Creates a zone, the largest unit of the cloud.',
  params: {
    name: p.required(p.name('Name, unique in the cloud.')),
    dns1: p.required(p.ipv4('First public name server; routers forward to it.')),
    dns2: p.ipv4('Second public name server.'),
    internaldns1: p.required(p.ipv4('First name server of system VMs.')),
    internaldns2: p.ipv4('Second name server of system VMs.'),
    networktype: p.required(p.choice('Advanced: guest networks with routers.', ['Advanced'])),
    guestcidraddress: p.network(`CIDR of guest networks that ask for none; default ${DEFAULT_GUEST_CIDR}.`),
    domain: p.domainName('DNS domain of guest networks that name none.'),
    allocationstate: p.choice('Disabled: nothing is placed here yet.', ['Enabled', 'Disabled']),
    securitygroupenabled: p.boolean('Whether networks may keep guests apart by security groups. Default false.'),
    isedge: p.only('Whether it is a small zone at the edge.', false),
    localstorageenabled: p.boolean("Accepted for clients that send it; guests' disks are on their hosts in any case."),
  },
  unsupported: ['domainid', 'ip6dns1', 'ip6dns2', 'storageaccessgroups'],
  answer: 'object',
  response: zoneResponse,
  run: async (context, params) =>
    presentZone(
      await write(context, (trx) =>
        insertZone(trx, {
          name: params.name,
          dns1: params.dns1,
          dns2: params.dns2 ?? null,
          internaldns1: params.internaldns1,
          internaldns2: params.internaldns2 ?? null,
          guestcidr: params.guestcidraddress ?? DEFAULT_GUEST_CIDR,
          domain: params.domain ?? null,
          networktype: params.networktype,
          security_groups: params.securitygroupenabled ?? false,
          allocationstate: params.allocationstate ?? 'Enabled',
        }),
      ),
    ),
})
