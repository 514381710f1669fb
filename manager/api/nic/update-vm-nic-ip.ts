import { SysvmError } from '@sysvm/errors'
import { lockGuest, reviseGuest } from '../../model/guest.ts'
import { lockNetwork } from '../../model/network.ts'
import { guestOfNic, lockGuestNic } from '../../model/nic.ts'
import { chooseAddress } from '../../placement/index.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { guestResult, reviseGuestNetworks } from '../guest/job.ts'
import { checkAddress, refuseTaken } from '../guest/nics.ts'
import { guestResponse } from '../guest/response.ts'
import { requireDesired } from '../guest/state.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'

export const updateVmNicIp = defineCommand({
  name: 'updateVmNicIp',
  authorized: everyone,
  description: 'Gives the nic of a stopped guest another address; the old one is free at once.',
  params: {
    nicid: p.required(p.uuid('The nic.')),
    ipaddress: p.ipv4('The new address; default: a free one.'),
  },
  answer: 'job',
  response: guestResponse,
  result: guestResult,
  run: (context, { nicid, ipaddress }) =>
    write(context, async (trx) => {
      const guestId = found(await guestOfNic(trx, nicid), 'nicid', 'nic of a guest', nicid)
      const guest = found(await lockGuest(trx, guestId), 'nicid', 'guest', guestId)
      const nic = found(await lockGuestNic(trx, nicid), 'nicid', 'nic of a guest', nicid)
      requireDesired(guest, ['Stopped'])
      const network = found(
        nic.network === null ? undefined : await lockNetwork(trx, nic.network),
        'nicid',
        'nic',
        nicid,
      )
      const nat = await trx
        .selectFrom('public_ip')
        .select(['id', 'address'])
        .where('static_nat_nic', '=', nicid)
        .executeTakeFirst()
      if (nat !== undefined)
        throw new SysvmError(
          'SYSVM_IN_USE',
          `The public address ${nat.address} (${nat.id}) leads to the nic ${nicid}: disable its static NAT first.`,
        )
      if (ipaddress !== undefined) {
        checkAddress(network, ipaddress)
        await refuseTaken(trx, network, ipaddress)
      }
      const { address } = await chooseAddress(trx, network.id, ipaddress ?? null)
      await trx.updateTable('nic').set({ address }).where('id', '=', nicid).execute()
      const revision = await reviseGuest(trx, guest.id, {})
      await reviseGuestNetworks(context, trx, guest.id)
      const target = { kind: 'guest', id: guest.id } as const
      const job = { cmd: 'updateVmNicIp', target, revision, instancetype: 'VirtualMachine' }
      return { jobid: await context.jobs.startJob(trx, job) }
    }),
})
