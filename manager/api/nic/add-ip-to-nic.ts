import { SysvmError } from '@sysvm/errors'
import { lockNetwork } from '../../model/network.ts'
import { lockGuestNic } from '../../model/nic.ts'
import { findSecondaryIp, insertSecondaryIp } from '../../model/secondaryip.ts'
import { chooseAddress } from '../../placement/index.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { found } from '../found.ts'
import { checkAddress, refuseTaken } from '../guest/nics.ts'
import * as p from '../parameter.ts'
import { defineResponse } from '../response.ts'
import { write } from '../write.ts'

/** Of CloudStack's virtual router too: what a guest does with more is not DHCP's business. */
const MOST = 256

export const addIpToNic = defineCommand({
  name: 'addIpToNic',
  subject: 'nic_secondary_ip',
  authorized: everyone,
  description: 'Keeps a further address for a nic: its guest configures it, and static NAT may lead to it.',
  params: {
    nicid: p.required(p.uuid('The nic.')),
    ipaddress: p.ipv4('The address; default: a free one.'),
  },
  answer: 'job',
  response: defineResponse('nicsecondaryip', {
    id: ['string', "The address's id."],
    ipaddress: ['string', 'The address.'],
    nicid: ['string', 'Its nic.'],
    networkid: ['string', 'Its network.'],
    virtualmachineid: ['string', 'Its guest.'],
  }),
  result: async ({ db }, id) => {
    const row = await findSecondaryIp(db, id)
    return (
      row && {
        id: row.id,
        ipaddress: row.address,
        nicid: row.nic,
        networkid: row.network,
        virtualmachineid: row.guest,
      }
    )
  },
  run: (context, { nicid, ipaddress }) =>
    write(context, async (trx) => {
      const nic = found(await lockGuestNic(trx, nicid), 'nicid', 'nic of a guest', nicid)
      const network = found(
        nic.network === null ? undefined : await lockNetwork(trx, nic.network),
        'nicid',
        'nic',
        nicid,
      )
      if (ipaddress !== undefined) {
        checkAddress(network, ipaddress)
        await refuseTaken(trx, network, ipaddress)
        const taken = await trx
          .selectFrom('nic')
          .select('id')
          .where('network', '=', network.id)
          .where('address', '=', ipaddress)
          .executeTakeFirst()
        if (taken !== undefined)
          throw new SysvmError(
            'SYSVM_NETWORK_CONFLICT',
            `Parameter ipaddress: the nic ${taken.id} of network ${network.name} has ${ipaddress}: choose another one.`,
          )
      }
      const { count } = await trx
        .selectFrom('nic_secondary_ip')
        .select((eb) => eb.fn.countAll<string>().as('count'))
        .where('nic', '=', nicid)
        .executeTakeFirstOrThrow()
      if (Number(count) >= MOST)
        throw new SysvmError('SYSVM_CAPACITY', `The nic ${nicid} has ${MOST} further addresses already: remove one.`)
      const { address } = await chooseAddress(trx, network.id, ipaddress ?? null)
      const id = await insertSecondaryIp(trx, { nic: nicid, network: network.id, address })
      // Its host lets it send from the address.
      if (nic.guest !== null) await context.jobs.wake(trx, 'guest', nic.guest)
      return { jobid: await doneJob(trx, 'addIpToNic', 'NicSecondaryIp', id), id }
    }),
})
