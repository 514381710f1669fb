import { SysvmError } from '@sysvm/errors'
import { lockGuest, nameTaken, networksOfGuest, reviseGuest } from '../../model/guest.ts'
import { lockInOrder } from '../../model/lock.ts'
import { insertNic } from '../../model/nic.ts'
import { chooseNic } from '../../placement/index.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { readDhcpOptions } from '../guest/dhcpoptions.ts'
import { guestResult, reviseGuestNetworks } from '../guest/job.ts'
import { lockNetworks } from '../guest/nics.ts'
import { guestResponse } from '../guest/response.ts'
import { requireDesired } from '../guest/state.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'

/** As many as any hypervisor here can plug in. */
const MOST = 16

export const addNicToVirtualMachine = defineCommand({
  name: 'addNicToVirtualMachine',
  authorized: everyone,
  description: 'Puts a guest on one more network, while it runs or not; the router there knows it first.',
  params: {
    virtualmachineid: p.required(p.uuid('The guest.')),
    networkid: p.required(p.uuid('The network.')),
    ipaddress: p.ipv4('Its address there; default: a free one.'),
    macaddress: p.mac('Its MAC address; default: a random one.'),
    dhcpoptions: p.map('DHCP options there: entries of dhcp:CODE=value.'),
  },
  answer: 'job',
  response: guestResponse,
  result: guestResult,
  run: (context, { virtualmachineid: id, networkid, ipaddress, macaddress, dhcpoptions = [] }) => {
    const options = readDhcpOptions(
      dhcpoptions.map((entry) => ({ ...entry, networkid })),
      'dhcpoptions',
    )
    return write(context, async (trx) => {
      // Its own networks and the new one are held together, in the order of everybody.
      await lockInOrder(trx, { networks: [...(await networksOfGuest(trx, id)), networkid] })
      const guest = found(await lockGuest(trx, id), 'virtualmachineid', 'guest', id)
      requireDesired(guest, ['Running', 'Stopped'])
      const wanted = { network: networkid, address: ipaddress }
      const owner = { zone: guest.zone, account: guest.account }
      const network = found(
        (await lockNetworks(trx, owner, [wanted], 'networkid')).get(networkid),
        'networkid',
        'network',
        networkid,
      )
      const nics = await trx.selectFrom('nic').select(['device', 'network']).where('guest', '=', id).execute()
      if (nics.some((nic) => nic.network === networkid))
        throw new SysvmError(
          'SYSVM_API_PARAMETER',
          `Parameter networkid: guest ${guest.name} has a nic on network ${network.name} already.`,
        )
      if (nics.length >= MOST)
        throw new SysvmError('SYSVM_CAPACITY', `Guest ${guest.name} has ${MOST} nics already: remove one.`)
      if (await nameTaken(trx, networkid, guest.name, id))
        throw new SysvmError(
          'SYSVM_API_PARAMETER',
          `Parameter networkid: network ${network.name} has a guest named ${guest.name} already: rename one of them.`,
        )
      const taken = new Set(nics.map(({ device }) => device))
      const device = Array.from({ length: MOST }, (_, index) => index).find((index) => !taken.has(index)) ?? MOST
      const { address, gateway, netmask } = await chooseNic(trx, networkid, ipaddress ?? null)
      const own = macaddress === undefined ? {} : { mac: macaddress, gateway, netmask }
      const dhcp_options = JSON.stringify(options.get(networkid) ?? [])
      await insertNic(trx, { guest: id, network: networkid, role: 'guest', device, address, dhcp_options, ...own })
      const revision = await reviseGuest(trx, id, {})
      await reviseGuestNetworks(context, trx, id)
      const target = { kind: 'guest', id } as const
      const job = { cmd: 'addNicToVirtualMachine', target, revision, instancetype: 'VirtualMachine' }
      return { jobid: await context.jobs.startJob(trx, job) }
    })
  },
})
