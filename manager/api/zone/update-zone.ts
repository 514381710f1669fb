import { reviseZoneNetworks } from '../../model/network.ts'
import { updateZoneRow } from '../../model/zone.ts'
import { admins } from '../authorized.ts'
import { changes } from '../changes.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { presentZone, zoneResponse } from './response.ts'

export const updateZone = defineCommand({
  name: 'updateZone',
  authorized: admins,
  description: 'Changes a zone; routers take new name servers at once.',
  params: {
    id: p.required(p.uuid('The zone.')),
    name: p.name('New name.'),
    dns1: p.ipv4('New first public name server.'),
    dns2: p.ipv4('New second public name server.'),
    internaldns1: p.ipv4('New first name server of system VMs.'),
    internaldns2: p.ipv4('New second name server of system VMs.'),
    guestcidraddress: p.network('New CIDR of guest networks that ask for none.'),
    domain: p.domainName('New DNS domain of guest networks that name none.'),
    allocationstate: p.choice('Enabled: new things may be placed here.', ['Enabled', 'Disabled']),
    localstorageenabled: p.boolean("Accepted for clients that send it; guests' disks are on their hosts in any case."),
    ispublic: p.only('Whether every account may use it.', true),
  },
  unsupported: ['details', 'dhcpprovider', 'dnssearchorder', 'ip6dns1', 'ip6dns2', 'sortkey'],
  answer: 'object',
  response: zoneResponse,
  run: (context, params) =>
    write(context, async (trx) => {
      const zone = await updateZoneRow(trx, params.id, {
        ...changes({
          name: params.name,
          dns1: params.dns1,
          dns2: params.dns2,
          internaldns1: params.internaldns1,
          internaldns2: params.internaldns2,
          guestcidr: params.guestcidraddress,
          domain: params.domain,
          allocationstate: params.allocationstate,
        }),
        id: params.id,
      })
      const updated = found(zone, 'id', 'zone', params.id)
      if (params.dns1 ?? params.dns2)
        for (const network of await reviseZoneNetworks(trx, params.id)) await context.jobs.wake(trx, 'network', network)
      return presentZone(updated)
    }),
})
